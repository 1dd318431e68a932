import { startRadosgw } from '../support/radosgw.ts';
import { judgeS3 } from '../support/s3-judge.ts';

judgeS3("the same questions to Ceph's radosgw", startRadosgw);

import { startEmbeddedS3 } from '../support/s3.ts';
import { judgeS3 } from '../support/s3-judge.ts';

judgeS3('the embedded S3 server', startEmbeddedS3);

import { answerJobs } from '../../work/answer-jobs.ts';
import { createProducts } from '../registry.ts';
import { performJob, productJob } from './product-job.ts';

// The program of the process that reads goods of strangers.
const products = createProducts();
answerJobs((job) => performJob(products, productJob.parse(job)));

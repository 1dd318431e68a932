import { tryPeopleDays } from '../support/people-days.ts';

tryPeopleDays(Number(process.env.KK_PEOPLE_DAYS ?? 2_000));

import { tryPeopleDays } from '../support/people-days.ts';

/** CI tries more of them. */
tryPeopleDays(Number(process.env.KK_PEOPLE_DAYS ?? 16));

import type { Role } from '../core/manifest.ts';
import { decideAsBuyer } from './buyer.ts';
import { decideAsCoordinator } from './coordinator.ts';
import { decideAsMaker } from './maker.ts';
import type { Policy } from './policy.ts';
import { decideAsValidator } from './validator.ts';

/** The policy of each role: to add a role, add its policy here. */
export const policies: Readonly<Record<Role, Policy>> = {
  coordinator: decideAsCoordinator,
  seller: decideAsMaker,
  extractor: decideAsMaker,
  validator: decideAsValidator,
  buyer: decideAsBuyer,
};

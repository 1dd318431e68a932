import { tryVaultDays } from '../support/vault-days.ts';

/** CI tries more of them. */
tryVaultDays(Number(process.env.KK_VAULT_DAYS ?? 12));

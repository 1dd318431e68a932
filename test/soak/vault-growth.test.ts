import { tryVaultDays } from '../support/vault-days.ts';

tryVaultDays(Number(process.env.KK_VAULT_DAYS ?? 1_000));

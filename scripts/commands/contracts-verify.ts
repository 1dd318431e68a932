import { loadChain } from '../../lib/market/chain/chain-config.ts';
import { connectChain } from '../../lib/market/chain/connect-chain.ts';
import { escrowSettingsOf } from '../../lib/market/escrow/escrow-settings.ts';
import { requireRecord } from '../../lib/market/escrow/require-record.ts';
import { verifyEscrow } from '../../lib/market/escrow/verify-escrow.ts';
import { requireUsdc } from '../../lib/market/token/assess-token.ts';
import { type ChainOptions, recordFile } from '../terminal/chain-options.ts';
import { printJson, printLine } from '../terminal/print.ts';

/** Compares the recorded escrow of a chain with this project's artifact: runtime code, token, windows. Needs no key. */
export async function contractsVerify(options: ChainOptions): Promise<number> {
  const config = await loadChain(options.chain);
  const file = recordFile(options, config);
  const record = await requireRecord(config, file);
  const client = await connectChain(config);
  await requireUsdc(client, config);
  await verifyEscrow(client, record.escrow, record.token, escrowSettingsOf(config));
  if (options.json) printJson('Deployment', [{ ...record, result: 'verified', file }]);
  else printLine(`The escrow ${record.escrow} on ${config.name} is this project's: code, token and windows match.`);
  return 0;
}

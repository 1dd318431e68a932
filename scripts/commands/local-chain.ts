import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { formatError } from '../../lib/core/errors.ts';
import { giveGasMoney } from '../../lib/host/local-services/gas-money.ts';
import { readLocalEnvironment } from '../../lib/host/local-services/local-environment.ts';
import { startRpcGate } from '../../lib/local/evm/rpc-gate.ts';
import { startAnvil } from '../../lib/local/evm.ts';
import { printLine } from '../terminal/print.ts';
import { listenForStop } from '../terminal/stop-signals.ts';

const GAS_EVERY_MS = 2_000;

/** Serves an embedded chain to other containers until it is stopped: reads and signed transactions, but no control of the chain. */
export async function localChain(): Promise<number> {
  const environment = readLocalEnvironment(process.env);
  const stopped = listenForStop();
  const dir = join(environment.KK_STATE, 'chain');
  await mkdir(dir, { recursive: true });
  const anvil = await startAnvil({ stateFile: join(dir, 'state.json'), funded: [], log: printLine });
  try {
    const gate = await startRpcGate({
      host: environment.KK_HOST,
      port: environment.KK_CHAIN_PORT,
      upstream: anvil.rpcUrl,
      // The name that the other containers know this one by.
      names: [hostname().toLowerCase()],
    });
    printLine(`the chain (id ${anvil.chainId}) is served on port ${environment.KK_CHAIN_PORT}`);
    const gas = setInterval(() => {
      giveGasMoney(anvil.rpcUrl, join(environment.KK_SHARED, 'gas.json')).then(
        (given) => given > 0 && printLine(`gave ${given} accounts gas money`),
        (error: unknown) => printLine(`gas money: ${formatError(error)}`),
      );
    }, GAS_EVERY_MS);
    await stopped.requested;
    clearInterval(gas);
    await gate.close();
    return 0;
  } finally {
    await anvil.close();
    stopped.dispose();
  }
}

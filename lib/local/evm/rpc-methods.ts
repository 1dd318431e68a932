/**
 * What a node of a real chain serves to everybody: reads, and transactions that are signed. Everything else an
 * embedded chain offers (its own clock, money from nothing, acting for others) is not among it.
 */
const SERVED: ReadonlySet<string> = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getBlockReceipts',
  'eth_getCode',
  'eth_getLogs',
  'eth_getStorageAt',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_sendRawTransaction',
  'eth_syncing',
  'net_version',
  'web3_clientVersion',
]);

/** Whether the gate of the embedded chain lets a JSON-RPC method through. */
export function isServed(method: string): boolean {
  return SERVED.has(method);
}

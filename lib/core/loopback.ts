/** Whether a host, as written in a URL or by a socket, is a loopback address: nothing sent there leaves the machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

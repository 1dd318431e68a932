/** Whether a host, as a URL or a socket writes it, is this machine by its loopback: what is sent there goes over no network. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

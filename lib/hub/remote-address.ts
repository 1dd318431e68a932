/** The IP address of a connection's other end; IPv4 without the prefix that it has on an IPv6 socket. */
export function remoteAddressOf(socket: { readonly remoteAddress?: string | undefined }): string {
  return (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
}

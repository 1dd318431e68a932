/** The IP address of a connection's other end; an IPv4 address without the `::ffff:` of an IPv6 socket. */
export function remoteAddressOf(socket: { readonly remoteAddress?: string | undefined }): string {
  return (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
}

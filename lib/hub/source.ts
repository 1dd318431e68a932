/** Where a connection comes from, as an address; IPv4 in its own form. */
export function sourceOf(socket: { readonly remoteAddress?: string | undefined }): string {
  return (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
}

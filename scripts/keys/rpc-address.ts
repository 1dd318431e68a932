import { z } from 'zod';

/** The address of an RPC, which may have a key in its path or its query: a secret then. Clear text to this machine only. */
export const rpcAddress = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .refine((text) => {
    const { protocol, hostname } = new URL(text);
    return (
      protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
    );
  }, 'must be https');

import { HUB_PORTS } from './network.ts';

const ports = Object.values(HUB_PORTS).join('|');

/**
 * How people reach the hub, which accepts no connections from outside: a tunnel to one of its two ports on the machine that
 * runs it. On any other machine nothing listens there. Source: Systems Manager user guide, session document schema 1.0.
 */
export const hubDocument = {
  schemaVersion: '1.0',
  description: 'Forwards a local port to git or IRC of the hub',
  sessionType: 'Port',
  parameters: {
    portNumber: { type: 'String', description: 'git or IRC of the hub', allowedPattern: `^(${ports})$` },
    localPortNumber: { type: 'String', description: 'the port on this machine', allowedPattern: '^[0-9]{1,5}$' },
  },
  properties: {
    portNumber: '{{ portNumber }}',
    type: 'LocalPortForwarding',
    localPortNumber: '{{ localPortNumber }}',
  },
} as const;

/**
 * What an operator can ask of a unit through Run Command, and all that can be asked. Source: Systems Manager user guide,
 * document schema 2.2.
 */
export const unitDocument = {
  schemaVersion: '2.2',
  description: 'Restarts a unit, tells how it is, or looks for what to run',
  parameters: {
    action: { type: 'String', allowedValues: ['restart', 'status', 'sync'] },
    unit: { type: 'String', allowedPattern: '^(hub|kk-[a-z0-9]([a-z0-9_-]{0,29}[a-z0-9])?)$' },
  },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'unit',
      inputs: { timeoutSeconds: '300', runCommand: ["/usr/local/sbin/kk-units do '{{ action }}' '{{ unit }}'"] },
    },
  ],
} as const;

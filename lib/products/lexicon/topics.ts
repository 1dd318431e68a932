/** The vocabulary of topics that offers carry and tastes name. Order is for display; names are stable. */
export const TOPICS = [
  'linux',
  'networking',
  'audio',
  'graphics',
  'packages',
  'programming',
  'hardware',
  'storage',
  'desktop',
  'security',
  'servers',
  'web',
  'data',
  'gaming',
  'music',
  'design',
  'video',
  'crypto',
  'community',
  'languages',
] as const;
export type Topic = (typeof TOPICS)[number];

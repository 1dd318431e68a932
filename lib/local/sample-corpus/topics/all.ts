import type { SampleTopic, TopicBank } from '../phrase-bank.ts';
import { audio } from './audio.ts';
import { community } from './community.ts';
import { crypto } from './crypto.ts';
import { design } from './design.ts';
import { gaming } from './gaming.ts';
import { graphics } from './graphics.ts';
import { hardware } from './hardware.ts';
import { linux } from './linux.ts';
import { music } from './music.ts';
import { networking } from './networking.ts';
import { packages } from './packages.ts';
import { programming } from './programming.ts';
import { security } from './security.ts';
import { web } from './web.ts';

/** The phrase bank of every topic. */
export const TOPIC_BANKS: Readonly<Record<SampleTopic, TopicBank>> = {
  linux,
  packages,
  networking,
  hardware,
  audio,
  graphics,
  programming,
  web,
  design,
  music,
  gaming,
  crypto,
  security,
  community,
};

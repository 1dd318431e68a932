// Loaded before a program (`node --import`): its waits between two looks take a twentieth of what they say, and its
// deadlines come when a test says so, which writes how far the clock is ahead (in ms) to the file in KK_TEST_CLOCK.
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const FASTER = 20;
const file = process.env.KK_TEST_CLOCK;
const wait = timers.setTimeout;
const now = performance.now.bind(performance);

timers.setTimeout = (ms, ...more) => wait(ms / FASTER, ...more);
performance.now = () => now() + (file === undefined ? 0 : Number(readFileSync(file, 'utf8')));
syncBuiltinESMExports();

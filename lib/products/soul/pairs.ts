import type { z } from 'zod';
import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import { compareText } from '../../core/text.ts';
import type { InputRef, PassOver } from '../definition.ts';
import { isUnreadable, readJsonGoods } from '../goods/read-goods.ts';
import { distinctInputs } from '../product-order.ts';
import { type SkillProfile, skillProfile } from '../skill-profile/goods.ts';
import { type VoiceProfile, voiceProfile } from '../voice-profile/goods.ts';

/** A profile and the file it was read from. */
export interface Source<Profile> {
  readonly input: InputRef;
  readonly profile: Profile;
}

/** The newest skill profile and the newest voice profile of one person. */
export interface Pair {
  readonly skill: Source<SkillProfile>;
  readonly voice: Source<VoiceProfile>;
}

/**
 * Pairs profiles of the same person. What isn't a profile is left out where `passOver` takes it.
 * @throws SwarmError `products/bad-goods`, `products/input-changed`.
 */
export async function pairProfiles(inputs: readonly InputRef[], passOver?: PassOver): Promise<readonly Pair[]> {
  const skills = await newestBySubject(inputs, 'skill-profile', skillProfile, passOver);
  const voices = await newestBySubject(inputs, 'voice-profile', voiceProfile, passOver);
  return [...skills]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([subject, skill]) => {
      const voice = voices.get(subject);
      return voice === undefined ? [] : [{ skill, voice }];
    });
}

interface Dated {
  readonly subject: string;
  readonly messages: number;
  readonly days: { readonly last: string };
}

async function newestBySubject<Profile extends Dated>(
  inputs: readonly InputRef[],
  product: string,
  schema: z.ZodType<Profile>,
  passOver: PassOver | undefined,
): Promise<ReadonlyMap<string, Source<Profile>>> {
  const newest = new Map<string, Source<Profile>>();
  for (const input of distinctInputs(inputs, product)) {
    try {
      const profile = await readJsonGoods(input, schema, maxGoodsBytesOf(product));
      const known = newest.get(profile.subject);
      if (known === undefined || isNewer({ input, profile }, known)) newest.set(profile.subject, { input, profile });
    } catch (error) {
      if (passOver === undefined || !isUnreadable(error)) throw error;
      passOver(input, error);
    }
  }
  return newest;
}

function isNewer<Profile extends Dated>(one: Source<Profile>, other: Source<Profile>): boolean {
  const order =
    compareText(one.profile.days.last, other.profile.days.last) ||
    one.profile.messages - other.profile.messages ||
    compareText(one.input.digest, other.input.digest);
  return order > 0;
}

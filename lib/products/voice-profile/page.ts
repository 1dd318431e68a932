import { plainText, table } from '../../core/markdown.ts';
import { profileIntro } from '../skill-profile/page.ts';
import type { VoiceProfile } from './goods.ts';

/** Renders a voice profile for people. */
export function voiceProfilePage(profile: VoiceProfile): string {
  const refs = (evidence: readonly string[]) => evidence.map((ref) => plainText(ref, 40)).join(', ');
  const traits = profile.traits.map((trait) => [trait.aspect, plainText(trait.statement, 120), refs(trait.evidence)]);
  const phrases = profile.signature.map((entry) => [
    plainText(entry.phrase, 90),
    String(entry.uses),
    String(entry.z),
    refs(entry.evidence),
  ]);
  const signs = [
    ...profile.greetings.map(({ phrase, uses }) => [phrase, uses] as const),
    ...profile.emoticons.map(({ sign, uses }) => [sign, uses] as const),
  ];
  return [
    `# Voice of ${profile.subject}`,
    '',
    ...profileIntro(profile),
    table(['Side', 'What it is like', 'Evidence'], traits),
    '',
    '## Phrases that others hardly use',
    '',
    table(['Phrase', 'Uses', 'z', 'Evidence'], phrases),
    '',
    ...(signs.length === 0
      ? []
      : ['## Greetings and signs', '', signs.map(([sign, uses]) => `${plainText(sign, 40)} (${uses})`).join(', '), '']),
  ].join('\n');
}

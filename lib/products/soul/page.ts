import { plainText } from '../../core/markdown.ts';
import { profileIntro } from '../skill-profile/page.ts';
import { SECTIONS, type Section, type Soul } from './goods.ts';

const HEADINGS: Record<Section, string> = {
  essence: 'Who this is',
  skills: 'What this one knows',
  voice: 'How this one speaks',
  habits: 'Habits',
  limits: 'What is not claimed',
};

/** Renders a soul as a SOUL.md. */
export function soulPage(soul: Soul): string {
  const sections = SECTIONS.flatMap((section) => {
    const claims = soul.claims.filter((entry) => entry.section === section);
    if (claims.length === 0) return [];
    const lines = claims.map(
      ({ claim, evidence }) => `- ${plainText(claim, 400)} (${evidence.map((ref) => plainText(ref, 40)).join(', ')})`,
    );
    return [`## ${HEADINGS[section]}`, '', ...lines, ''];
  });
  return [`# Soul of ${soul.subject}`, '', ...profileIntro(soul), ...sections].join('\n');
}

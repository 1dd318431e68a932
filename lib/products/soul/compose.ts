import { compareRefs } from '../chat-index/skill-evidence.ts';
import type { SkillProfile } from '../skill-profile/goods.ts';
import { spread } from '../text/spread.ts';
import type { VoiceProfile } from '../voice-profile/goods.ts';
import type { Soul } from './goods.ts';

type Claim = Soul['claims'][number];
type SkillEntry = SkillProfile['skills'][number];

const DEED: Record<SkillEntry['level'], string> = {
  guides: 'guides others in',
  helps: 'helps others with',
  uses: 'works with',
  learns: 'is learning',
};

/** Puts a skill and a voice together into claims, each with the evidence of the profile it comes from. */
export function composeClaims(skills: SkillProfile, voice: VoiceProfile): Claim[] {
  return [
    ...essence(skills, voice),
    ...skills.skills.map((entry) => claim('skills', skillClaim(entry), entry.evidence)),
    ...voice.traits
      .filter(({ aspect }) => aspect !== 'hours' && aspect !== 'company')
      .map(({ aspect, statement, evidence }) => claim('voice', `${aspect}: ${statement}`, evidence)),
    ...voice.signature.map(({ phrase, uses, evidence }) =>
      claim('voice', `says "${phrase}", ${times(uses)}`, evidence),
    ),
    ...voice.greetings
      .slice(0, 3)
      .map(({ phrase, uses, evidence }) => claim('habits', `greets with "${phrase}", ${times(uses)}`, evidence)),
    ...voice.traits
      .filter(({ aspect }) => aspect === 'hours' || aspect === 'company')
      .map(({ statement, evidence }) => claim('habits', statement, evidence)),
    ...limits(skills, voice),
  ];
}

function essence(skills: SkillProfile, voice: VoiceProfile): Claim[] {
  const [first, second] = skills.skills;
  const length = voice.traits.find(({ aspect }) => aspect === 'length');
  const claims: Claim[] = [];
  if (first !== undefined) {
    const both = second === undefined ? [first] : [first, second];
    const names = both.map(({ skill }) => skill).join(' and ');
    claims.push(
      claim(
        'essence',
        `someone who ${DEED[first.level]} ${names}`,
        both.flatMap(({ evidence }) => evidence),
      ),
    );
  }
  if (length !== undefined) claims.push(claim('essence', `a voice ${length.statement}`, length.evidence));
  return claims;
}

function skillClaim({ skill, level, answers, peopleHelped, asks, mentions }: SkillEntry): string {
  const basis =
    level === 'guides' || level === 'helps'
      ? `${count(answers, 'answer')} to ${peopleHelped} people`
      : `${count(mentions, 'message')} about it, ${count(asks, 'question')}, ${count(answers, 'answer')}`;
  return `${DEED[level]} ${skill}: ${basis}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Claims about what the evidence does not show. */
function limits(skills: SkillProfile, voice: VoiceProfile): Claim[] {
  const learning = skills.skills.filter(({ level }) => level === 'learns');
  return [
    ...learning.map(({ skill, evidence }) => claim('limits', `does not speak as an expert on ${skill}`, evidence)),
    claim(
      'limits',
      `known from ${voice.messages} messages on ${voice.days.active} days only, the last on ${voice.days.last}`,
      voice.traits.flatMap(({ evidence }) => evidence),
    ),
  ];
}

function claim(section: Claim['section'], text: string, evidence: readonly string[]): Claim {
  const refs = [...new Set(evidence)].sort(compareRefs);
  return { section, claim: text, evidence: [...spread(refs, 6)] };
}

function times(uses: number): string {
  return uses === 1 ? 'once' : `${uses} times`;
}

import { plainText, table } from '../../core/markdown.ts';
import type { SkillProfile } from './goods.ts';

/** Renders a skill profile for people. */
export function skillProfilePage(profile: SkillProfile): string {
  const rows = profile.skills.map((entry) => [
    entry.skill,
    entry.topic,
    entry.level,
    String(entry.answers),
    String(entry.peopleHelped),
    String(entry.asks),
    String(entry.mentions),
    entry.evidence.map((ref) => plainText(ref, 40)).join(', '),
  ]);
  return [
    `# Skills of ${profile.subject}`,
    '',
    ...profileIntro(profile),
    table(['Skill', 'Topic', 'Level', 'Answers', 'People helped', 'Questions', 'Messages', 'Evidence'], rows),
    '',
  ].join('\n');
}

/** The lines that open a profile's page: how much it rests on and whom to name. */
export function profileIntro(
  head: Pick<SkillProfile, 'messages' | 'days' | 'corpus' | 'attribution'>,
): readonly string[] {
  const from = head.corpus === '' ? '' : ` of ${plainText(head.corpus, 80)}`;
  return [
    `From ${head.messages} messages on ${head.days.active} days (${head.days.first} to ${head.days.last})${from}.`,
    '',
    ...(head.attribution === '' ? [] : [`From: ${plainText(head.attribution, 400)}`, '']),
  ];
}

/** Something said in a made-up log. */
export interface Line {
  readonly nick: string;
  readonly text: string;
}

/** Formats lines as a log of Ubuntu's form, a minute apart from 10:00 on. */
export function ubuntuLog(lines: readonly Line[]): string {
  return lines
    .map(({ nick, text }, at) => {
      const minute = 600 + Math.floor(at / 2);
      const clock = `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
      return `[${clock}] <${nick}> ${text}\n`;
    })
    .join('');
}

const QUESTIONS = [
  'how do I get my nvidia card to work?',
  'does anyone know why grub does not boot?',
  'can anyone help me with python?',
  '¿alguien sabe cómo configurar la red inalámbrica?',
];
const ANSWERS = [
  'try sudo apt-get install nvidia-settings and restart xorg',
  'run update-grub from a live cd, that fixed the bootloader for me',
  'pip install it into a virtualenv, python is picky about that!',
  'mira iwconfig y luego el router, así lo hice yo',
];

/**
 * A believable log of `rounds` questions and answers among named people: the helper answers all, the others ask. Depends on
 * its arguments alone.
 */
export function helpChannel(helper: string, askers: readonly string[], rounds: number, day = 0): readonly Line[] {
  return Array.from({ length: rounds }, (_, round): readonly Line[] => {
    const pick = (round + day) % QUESTIONS.length;
    const asker = askers[(round * 7 + day) % askers.length] ?? 'nobody';
    return [
      { nick: asker, text: QUESTIONS[pick] ?? '' },
      { nick: helper, text: `${asker}: ${ANSWERS[pick] ?? ''}` },
      { nick: asker, text: `${helper}, thanks a lot :)` },
      { nick: helper, text: round % 3 === 0 ? 'no worries mate, no worries at all...' : 'you are welcome, mate' },
    ];
  }).flat();
}

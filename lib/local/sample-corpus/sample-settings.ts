import { COMMAND_BOT, OPTED_OUT, STREAM_BOT } from './people/everyone.ts';

/** The text of the sample's `corpus.yaml`: what its seller of logs has to know about it. */
export function sampleSettings(daySeconds = 60): string {
  return `# Made up by the sample generator: nobody in these logs exists.
title: Karmakadabra sample
attribution: Karmakadabra sample corpus, generated
# Messages somebody needs in the window for a profile, and profiles at most.
minMessages: 60
maxProfiles: 40
# Products use the newest ten days.
windowDays: 10
# The length of a day of the corpus: a new one arrives after so many seconds, and a day of budgets is as long.
daySeconds: ${Math.max(1, Math.round(daySeconds))}
languages: [en, es]
# Bots get no profile; those who opted out appear in no product.
bots: [${COMMAND_BOT}, ${STREAM_BOT}]
optOut: [${OPTED_OUT.join(', ')}]
`;
}

import { isLexiconWord } from '../../lexicon/match.ts';
import { isOrdinaryWord } from '../../text/ordinary-words.ts';

/** Words that stand where a name, a mailbox or a password may stand, and are none. */
const PLAIN: ReadonlySet<string> = new Set(
  `accepted access account accounts admin administrator already always anonymous another app apt asked asking authentication
  available back bad base based basic because being better big blank box broken browser build button buy called came can cannot
  care case change changed check checked cleartext click client clock close code coming command company computer config configured
  connect connected connection correct could crashed currently daemon data dead default defined denied deprecated developer did
  different difficult disabled disk does doesnt doing domain done down easy either email empty enabled encrypted end enough enter
  entered error even event ever every exactly expired fail failed failing false far fast feel few file files fixed folder found
  free from full gave generated getting give given gives goes going gone got gotten guest hang hangs happens hard has hashed have
  having head here hidden hosted hosting hosts icon idle impossible inbox incorrect insecure inside install installed invalid
  invite issue its joined jump just keep kept key keyboard keyring know known launch leave less like line link linked list listed
  listening live lives located locked logged login long looking lost low made mail mailbox mailing mails main makes managed many
  match maybe means meant meet missing mode more most move much must name named names near necessary need needed needs network
  never new nonexistent none normal nothing null off office offline old once online only opened optional option out outside own
  page party password passwords phone picture point pointing pointless points port post posted press pretty private probably
  profile program prompt prompted protected public pure random rarely read reading real really recovered register registered
  reject rejected remembered removed required reset responding restart retry right root running safe same saved saying school
  screen script secret secure see seems sent sending server servers service set setting setup shared short should show showing
  shown sign signed simple simply site slow someone something soon stable start started stay stays still stop stopped stored
  strong stuck stupid supported supposed switch taken talk talking terrible text there they thing think time too took total tried
  trivial trouble try trying type typed unable under unique unknown unset unsupported updated upgrade use used useful useless
  username users using valid version very via visible visit way weak website went were where whole wifi with within work worked
  working works world worth would write written wrong your yours yourself
  abierta abierto aceptada aceptado algo ahora antes aquí así bien bloqueada buena bueno cada caducada cambiada casa común correcta
  correcto corta cuenta débil del demasiado desde después distinta donde difícil ella ellos encuentra error esa ese eso esta está
  fácil fuerte fundamental general gratis igual importante imposible incorrecta incorrecto inválida joven larga larga libre mala
  malo más mayor mejor mínima mismo misma muy necesaria necesario nada nadie ninguna ninguno nueva nuevo obligatoria otra otro
  para pero poco porque posible privada pública que quien quién requerida segura seguro sencilla servidor siempre simple sólo solo
  también todavía todo una uno usuario vacía vacío verdadera vieja válida el la los las de en un`.split(/\s+/),
);

/** Whether a word is so common in English, Spanish or talk of computers that it hardly is a name or a secret. */
export function isPlainWord(word: string): boolean {
  const lower = word.toLowerCase();
  return PLAIN.has(lower) || isOrdinaryWord(lower) || isLexiconWord(lower);
}

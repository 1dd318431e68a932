import type { TopicBank } from '../phrase-bank.ts';

/** Passwords, keys, updates, attacks and common sense. */
export const security: TopicBank = {
  en: {
    help: [
      {
        slots: {
          host: ['my vps', 'the home server', 'a fresh droplet'],
        },
        aligned: true,
        ask: [
          'the auth log of {host} is full of failed ssh logins, am I being [hacked|attacked]?',
          'how do I harden ssh on {host}? it is open to the world',
          'I think {host} mines coins for somebody else, cpu at 100%, what now?',
        ],
        more: [
          'about forty attempts a minute from everywhere',
          'password login is still on',
          'there is a process with a random name',
        ],
        probe: [
          ['keys or passwords?', 'password, a long one'],
          ['what does the firewall let in?', 'everything, I think'],
          ['is the process still there?', 'yes, and it belongs to a user I never made'],
        ],
        answer: [
          'public key logins only, PasswordAuthentication no, root login off, then fail2ban has little to do',
          'a firewall that drops all but 22 and 443, and fail2ban if the log annoys you',
          'if malware was in: do not clean it, rebuild the machine and change every private key that was on it',
        ],
        aside: [
          'test the new login in a second terminal before you close the first!',
          'bots port scan every door, all day',
          'closing one known vulnerability beats every clever trick',
        ],
        done: [
          'keys only and the log is quiet',
          'firewall is on, I still have access, best day',
          'rebuilt it from backup and rotated the keys',
        ],
      },
      {
        slots: {
          acc: ['my mail account', 'the shop account', 'the bank app'],
        },
        aligned: true,
        ask: [
          'got a mail that {acc} was locked, with a link, is that phishing?',
          'which second factor for {acc}, sms or an app?',
          'somebody logged into {acc} from another country, what do I change first?',
        ],
        more: [
          'the sender address looks right',
          'there was a code by sms I did not ask for',
          'I used the same password in two places, yes',
        ],
        probe: [
          ['did you click on it?', 'clicked, did not type anything'],
          ['do you have the phone with you always?', 'mostly'],
          ['the same password elsewhere?', 'in two places, yes'],
        ],
        answer: [
          'phishing: never through the link, type the address yourself and look there',
          '2fa by an authenticator app or a hardware key, sms can be stolen with the phone number',
          'get a password manager, change the mail account first, all the others can be reset through it',
        ],
        aside: [
          'a password manager, today, not tomorrow',
          'urgency is the tell in every phishing mail',
          'passkeys are quite nice in fact',
        ],
        done: [
          'it was phishing, the real account is fine',
          'the app it is, the codes work and sms is off',
          'all passwords changed, second factor is on',
        ],
      },
    ],
    talk: [
      {
        open: [
          'another data leak in the news',
          'password hygiene check: who reuses one?',
          'patch your routers, there is a new vulnerability',
        ],
        lines: [
          'I found my old address in three leaks',
          'my manager has 340 passwords and I know one',
          'the s in iot stands for security',
          'updates on Sunday morning with coffee, that is my ritual',
          'hardware key on the keyring, next to the house key, fits',
          'encrypt the laptop, trains eat laptops',
          'the exploit needs local access, still patch it',
          'my gran spots scams faster than the filter',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          eq: ['mi vps', 'el servidor de la casa', 'la máquina nueva'],
        },
        aligned: true,
        ask: [
          'los registros de {eq} están llenos de intentos de ssh, me están atacando?',
          'cómo aseguro el ssh de {eq}? está abierto al mundo',
          '{eq} está al 100% de cpu con un proceso raro, me hackearon?',
        ],
        more: [
          'son como cuarenta intentos por minuto',
          'todavía entro con contraseña',
          'el proceso tiene un nombre al azar',
        ],
        probe: [
          ['llaves o contraseña?', 'contraseña, larga eso sí'],
          ['tienes firewall?', 'no, todo abierto'],
          ['el proceso sigue corriendo?', 'sí, con un usuario que yo no creé'],
        ],
        answer: [
          'solo llaves ssh, nada de contraseñas, y root sin acceso',
          'firewall que deje pasar lo que usas y nada más, fail2ban si te molesta el ruido',
          'si entraron no limpies: reinstala y cambia todas las llaves y contraseñas',
        ],
        aside: [
          'prueba la entrada nueva en otra terminal antes de cerrar esa',
          'los bots tocan todas las puertas, es normal',
          'cerrar una vulnerabilidad le gana a cualquier truco',
        ],
        done: [
          'solo llaves y el registro quedó en silencio',
          'firewall puesto y sigo adentro, victoria',
          'reinstalé y cambié las llaves',
        ],
      },
      {
        slots: {
          cuenta: ['mi correo', 'el banco', 'la tienda'],
        },
        aligned: true,
        ask: [
          'me llegó un mensaje de que bloquearon {cuenta}, con enlace, es phishing?',
          'qué segundo factor usan para {cuenta}, sms o aplicación?',
          'entraron a {cuenta} desde otro país, qué cambio primero?',
        ],
        more: [
          'el remitente se ve igualito',
          'me llegó un código que no pedí',
          'usaba la misma contraseña en dos sitios, sí',
        ],
        probe: [
          ['hiciste clic?', 'sí, pero no escribí nada'],
          ['andas siempre con el teléfono?', 'casi siempre'],
          ['repetías la contraseña?', 'en dos sitios, sí'],
        ],
        answer: [
          'es phishing, nunca por el enlace: escribe la dirección tú mismo',
          '2fa con aplicación o llave física, el sms se lo roban con el número',
          'primero la contraseña del correo, desde ahí se recuperan las demás',
        ],
        aside: [
          'gestor de contraseñas hoy, no mañana',
          'si te apuran es phishing',
          'mi abuela detecta estafas mejor que el filtro',
        ],
        done: [
          'era phishing, la cuenta está bien',
          'puse la aplicación y quité el sms',
          'cambié la del correo y después todas las demás',
        ],
      },
    ],
    talk: [
      {
        open: [
          'otra filtración de datos en las noticias',
          'quién repite contraseñas? sinceridad',
          'actualicen el router, salió una vulnerabilidad',
        ],
        lines: [
          'mi correo viejo está en tres filtraciones',
          'tengo 200 contraseñas y me sé una',
          'domingo, café y actualizaciones, mi ritual',
          'la llave física va con las llaves de la casa',
          'cifren el portátil, los taxis se los comen',
          'si te apuran es estafa, regla de vida',
          'yo le enseñé a mi papá el segundo factor y ahora él me regaña',
        ],
      },
    ],
  },
};

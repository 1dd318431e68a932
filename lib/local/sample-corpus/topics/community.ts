import type { TopicBank } from '../phrase-bank.ts';

/** The channel itself: newcomers, meetups, moderation, everyday life. */
export const community: TopicBank = {
  en: {
    help: [
      {
        aligned: true,
        ask: [
          'hi, I am new in this community, where do I [start|introduce myself]?',
          'is there a list of the rules of the channel? first time here',
          'can beginners join the meetup or is it for [experts|regulars] only?',
        ],
        more: [
          'a friend sent me, she says you are nice',
          'I mostly do spreadsheets and want to learn',
          'I have been reading along for a week',
        ],
        probe: [
          ['what brings you here, code, music or games?', 'a bit of everything, mostly learning'],
          ['where are you from?', 'a small town, two hours from anything'],
        ],
        answer: [
          'welcome! no form for newcomers here, introduce yourself and just ask, nobody bites',
          'the guidelines are short: be kind, no ads, ask before you write to someone in private',
          'the meetup is for everybody, beginners sit next to someone who knows, that is how we do it',
        ],
        aside: [
          'welcome to the channel, snacks are on the left',
          'I was new in May and now I am a moderator, careful',
          'the best members started with "sorry, stupid question"',
        ],
        done: ['what a nice welcome, I will stay', 'short rules, I like that', 'then I will come on Friday'],
      },
      {
        slots: {
          event: ['the meetup', 'the workshop', 'the game night', 'the repair evening'],
        },
        aligned: true,
        ask: [
          'who organises {event} this month? I could [bring a projector|help]',
          'what time is {event}, and in whose timezone?',
          'we need two volunteers for {event}, who has an hour?',
        ],
        more: ['last time we ran out of chairs', 'I can do the poster as well', 'the room is booked till ten'],
        probe: [
          ['do we have a room yet?', 'the library, same as last time'],
          ['where would you join from?', 'from far away, by stream'],
          ['how many people?', 'twenty said yes, so twelve'],
        ],
        answer: [
          'I take the door and the name tags at {event}, we only need volunteers for the talks',
          'Friday at 18:00 utc, seven in Madrid and one in Bogotá, I put the event on top of the wiki',
          'write it into the wiki, then the volunteers who read only on weekends see it',
        ],
        aside: [
          'I will bring empanadas',
          'can we stream it for those far away?',
          'name tags with nicks please, I know no real names',
        ],
        done: [
          'great, then the projector comes with me',
          'pinned, thanks, see you at {event}',
          'two volunteers found in five minutes, I love this community',
        ],
      },
    ],
    talk: [
      {
        open: ['how is everyone doing today?', 'what made you smile this week?', 'monday check-in: one word, go'],
        lines: [
          'tired and happy, in that order',
          'my kid learned to whistle, help',
          'it rained all day and I fixed three bugs, so good',
          'coffee. that is the word',
          'a stranger here helped me for an hour yesterday, I am still grateful',
          'the cat sleeps on the router, all is well',
          'I planted tomatoes and named them after you lot',
          'first day without meetings since March',
          'my train was on time, I am suspicious',
          'good, because this channel exists, there, I said it',
        ],
      },
      {
        slots: {
          food: ['arepas', 'ramen', 'toast', 'leftover pizza', 'lentils'],
        },
        open: ['having {food} for dinner, what about you?', 'important question: does {food} count as cooking?'],
        lines: [
          'everything is cooking if you close the kitchen door',
          '{food} at midnight is a lifestyle',
          'I had cereal, we do not talk about it',
          'send some over, I am in a call till nine',
          'my grandmother would like a word with you',
          'hot sauce fixes it, whatever it is',
          'I burned water yesterday, so respect',
        ],
      },
      {
        open: ['new members today, [say hello|wave]!', 'we are {n} members now, when did that happen?'],
        slots: {
          n: ['400', '412', '430', '455'],
        },
        lines: [
          'welcome, pull up a chair',
          'hello new people, the snacks are virtual, the help is real',
          'I remember when we were nine and a bot',
          'tell us what you do, in one line',
          'do not ask to ask, just ask',
          'the newsletter goes out on Sunday, send me your projects',
          'moderators are the ones who look tired',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        aligned: true,
        ask: [
          'hola, soy nueva en la comunidad, por dónde empiezo?',
          'hay reglas del canal en algún lado? es mi primera vez',
          'al encuentro pueden ir principiantes?',
        ],
        more: [
          'me invitó una amiga',
          'vengo leyendo hace una semana',
          'quiero aprender a programar y a no tener miedo',
        ],
        probe: [
          ['qué te trae, código, música o juegos?', 'un poco de todo'],
          ['de dónde eres?', 'de un pueblo lejos de todo'],
        ],
        answer: [
          'bienvenida a la comunidad! preséntate aquí mismo y pregunta sin pena, nadie muerde',
          'las normas del canal son cortas: respeto, nada de publicidad y no escribir por privado sin preguntar',
          'al taller viene todo el mundo, los que empiezan se sientan al lado de uno que sabe',
        ],
        aside: [
          'bienvenida, las empanadas están a la izquierda',
          'yo empecé en mayo y ya soy moderador, cuidado',
          'las mejores preguntas empiezan con "perdón, pregunta tonta"',
        ],
        done: ['qué bonita bienvenida, me quedo', 'reglas cortas, me gusta', 'entonces voy el viernes'],
      },
      {
        slots: {
          evento: ['el encuentro', 'el taller', 'la noche de juegos'],
        },
        aligned: true,
        ask: [
          'a qué hora es {evento} y en qué zona horaria?',
          'quién organiza {evento}? puedo ayudar',
          'faltan dos voluntarios para {evento}, quién tiene una hora?',
        ],
        more: ['yo puedo hacer el afiche', 'el salón está hasta las diez', 'la otra vez faltaron sillas'],
        probe: [
          ['ya hay lugar?', 'la biblioteca, como siempre'],
          ['desde dónde te conectas?', 'desde lejos, por el stream'],
          ['cuántos vamos?', 'veinte dijeron que sí, o sea doce'],
        ],
        answer: [
          'yo recibo en la puerta, que otros voluntarios se encarguen de las charlas',
          'el evento es el viernes a las 18 utc, la una en Bogotá y las siete en Madrid, lo dejo fijado en el canal',
          'anótalo en la lista compartida para que lo vea toda la comunidad',
        ],
        aside: [
          'yo llevo empanadas',
          'lo pueden transmitir para los que estamos lejos?',
          'escarapelas con el nick por favor',
        ],
        done: [
          'listo, entonces llevo el proyector',
          'fijado, nos vemos en {evento}',
          'aparecieron dos voluntarios en cinco minutos, qué comunidad',
        ],
      },
    ],
    talk: [
      {
        open: ['cómo amanecieron?', 'qué los hizo sonreír esta semana?', 'lunes: una palabra cada uno'],
        lines: [
          'cansado y contento, en ese orden',
          'café, esa es la palabra',
          'llovió todo el día y arreglé tres cosas',
          'alguien de aquí me ayudó una hora ayer, sigo agradecida',
          'el gato duerme encima del router, todo bien',
          'mi mamá ya sabe mandar audios, se acabó la paz',
          'sembré tomates y les puse nombres del canal',
          'bien, porque existe este canal, ya lo dije',
          'el bus llegó a tiempo, sospecho',
        ],
      },
      {
        slots: {
          comida: ['arepas', 'lentejas', 'tacos', 'sancocho', 'pan con algo'],
        },
        open: ['hoy hay {comida}, y ustedes?', 'pregunta seria: {comida} a medianoche es cena?'],
        lines: [
          'todo es cena si cierras la cocina',
          'mándame un poco, estoy en llamada hasta las nueve',
          'yo comí cereal, no se habla de eso',
          'con ají todo se arregla',
          'mi abuela quiere hablar contigo',
          'ayer se me quemó el agua, así que respeto',
          '{comida} con café, sí, a la misma hora',
        ],
      },
      {
        open: ['gente nueva hoy, saluden!', 'ya somos más de cuatrocientos miembros, cuándo pasó?'],
        lines: [
          'bienvenidos, hay sillas',
          'cuéntennos qué hacen, en una línea',
          'me acuerdo cuando éramos nueve y un bot',
          'pregunten sin pena, para eso está el canal',
          'el boletín sale el domingo, mándenme sus proyectos',
          'los moderadores somos los de cara de sueño',
        ],
      },
    ],
  },
};

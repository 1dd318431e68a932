import type { TopicBank } from '../phrase-bank.ts';

/** Type, colour, layout, interfaces. */
export const design: TopicBank = {
  en: {
    help: [
      {
        slots: {
          piece: ['a logo', 'the poster', 'an overlay for the stream', 'the landing page'],
        },
        ask: [
          'can I get feedback on the design of {piece}? something is off and I [can not name it|am too close to it]',
          '{piece} looks amateur and I do not know why, is it the font?',
          'how many typefaces are too many for {piece}?',
        ],
        more: [
          'there are four colours and three fonts',
          'the client wants it "fresh"',
          'I made everything bold because all of it is important',
        ],
        probe: [
          ['what should people see first?', 'the date, I guess'],
          ['does it still work in black and white?', 'not really, no'],
        ],
        answer: [
          'two fonts, one accent colour, and twice the whitespace you think you need',
          'pick one thing that is biggest, the rest gets quieter: contrast is the whole layout',
          'put the whole layout on a grid of eight pixels, the eye notices even when nobody can say why',
        ],
        aside: [
          'squint at the layout, what is left is your hierarchy',
          'print it as a poster and hang it up for a day',
          'remove things until it breaks',
        ],
        done: [
          'took out two fonts and a colour, it breathes',
          'made the date huge and now the layout works',
          'the grid! suddenly it looks designed',
        ],
      },
      {
        slots: {
          bg: ['dark', 'beige', 'purple', 'photo'],
        },
        aligned: true,
        ask: [
          'which text colour is readable on a {bg} background? my contrast checker is [angry|red]',
          'need a palette for a {bg} theme that is not the usual neon',
          'icons on a {bg} background: outline or filled?',
        ],
        more: [
          'my mother can not read it, she is the test',
          'the brand colour is fixed, sadly',
          'it is for an app that people use outside',
        ],
        probe: [
          ['what contrast ratio do you have?', '2.9 to one'],
          ['is the brand colour for text or only for buttons?', 'both, at the moment'],
        ],
        answer: [
          'for accessibility aim for 4.5 to one, so darken the background before you brighten the font',
          'keep the brand colour for one button and build the colour palette of greys with a hint of it',
          'filled for the active icon, outline for the others, then state is visible without colour, that is accessibility for free',
        ],
        aside: [
          'mothers are the best usability lab',
          'dark mode is not just inverted colours, do a mockup first',
          'grey is a colour with manners',
        ],
        done: [
          '5.1 to one and mum can read it',
          'greys with a bit of blue, the palette works',
          'filled and outline, so clear now',
        ],
      },
    ],
    talk: [
      {
        slots: {
          font: ['a grotesque', 'a serif', 'a monospace', 'a rounded font'],
        },
        open: [
          'fell in love with {font} today',
          'unpopular opinion: {font} for body text is fine',
          'redesign time, {font} this year?',
        ],
        lines: [
          'a good typeface is one you stop seeing',
          'kerning is a hobby that ruins street signs for you',
          'the best interface I know is a light switch',
          'whitespace is not empty, it is working',
          'I moved one button by four pixels and support mails halved',
          'every mockup looks good with short names, try a long one',
          'sketch on paper first, the mouse makes you polite',
          'colour last, always colour last',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          pieza: ['un logo', 'el afiche', 'la portada', 'el overlay del stream'],
        },
        ask: [
          'me dan opinión sobre el diseño de {pieza}? algo no me cuadra',
          '{pieza} se ve de aficionado, será la tipografía?',
          'cuántas fuentes son demasiadas para {pieza}?',
        ],
        more: ['tiene cuatro colores y tres tipografías', 'el cliente lo quiere "más fresco"', 'puse todo en negrita'],
        probe: [
          ['qué tiene que verse primero?', 'la fecha, supongo'],
          ['funciona en blanco y negro?', 'la verdad no'],
        ],
        answer: [
          'dos tipos de letra, una paleta de colores de tres y el doble de aire, la tipografía hace el resto',
          'en un cartel elige una cosa grande y baja el resto, el contraste es la mitad del diseño',
          'alinea el logotipo y todo lo demás a una cuadrícula de ocho píxeles y vas a ver',
        ],
        aside: [
          'entrecierra los ojos, lo que queda es la jerarquía, tipografía incluida',
          'imprímelo y déjalo un día en la pared',
          'quita cosas hasta que se rompa',
        ],
        done: [
          'le quité dos fuentes y respira',
          'la fecha grande y ya se entiende',
          'con la cuadrícula parece de verdad',
        ],
      },
    ],
    talk: [
      {
        open: [
          'hoy me enamoré de una tipografía',
          'el diseño de los buses nuevos, opiniones?',
          'toca rediseñar la página, qué estilo?',
        ],
        lines: [
          'la buena letra es la que no se nota',
          'desde que sé de kerning sufro en la calle',
          'el espacio en blanco trabaja, no está vacío',
          'primero en papel, el ratón nos vuelve tímidos',
          'el color al final, siempre al final',
          'moví un botón cuatro píxeles y dejaron de quejarse',
          'prueba la maqueta con nombres largos y llora',
          'una paleta de tres colores y a vivir',
        ],
      },
    ],
  },
};

import type { TopicBank } from '../phrase-bank.ts';

/** HTML, CSS, browsers, servers for pages. */
export const web: TopicBank = {
  en: {
    help: [
      {
        slots: {
          el: ['the sidebar', 'a card grid', 'the footer', 'the menu'],
        },
        aligned: true,
        ask: [
          'css people: {el} overflows on mobile and I can not [stop it|see why]',
          'how do I centre {el} without making the whole page cry?',
          '{el} jumps when the font loads, is that fixable with css?',
        ],
        more: [
          'there is a flexbox in a grid in a flexbox',
          'I added !important and now I am ashamed',
          'chrome is fine, the phone browser is not',
        ],
        probe: [
          ['is there a fixed width anywhere up the tree?', '1200 pixels on the wrapper, ah'],
          ['does the parent have a height?', 'no, should it?'],
          ['do you host the font yourself?', 'it comes from somewhere else'],
        ],
        answer: [
          'css: a flex child has min-width auto, set min-width: 0 and it may shrink',
          'use css grid with place-items: center on the parent, two lines',
          'reserve the space in css: size-adjust on the font face or a fixed line height, then nothing jumps',
        ],
        aside: [
          'outline everything in red, oldest trick of css',
          'container queries changed my life, [slightly|really]',
          'delete half of the css and look what happens',
        ],
        done: [
          'min-width: 0. of course it is',
          'two lines of grid and {el} is centred',
          'no jump any more, the page feels solid',
        ],
      },
      {
        slots: {
          api: ['the weather api', 'my own backend', 'the login server'],
        },
        aligned: true,
        ask: [
          'cors error when the frontend calls {api}, works with curl though',
          'cookie from {api} is not set in the browser, the header is there',
          '{api} gives 502 behind nginx every few minutes',
        ],
        more: [
          'I set the header to a star and now it complains about credentials',
          'frontend on port 3000, backend on 8080',
          'the log of the backend shows nothing at that moment',
        ],
        probe: [
          ['do you send credentials?', 'yes, a session cookie'],
          ['are the two on the same domain?', 'different ports on the same machine'],
          ['what is the keepalive timeout of the backend?', 'five seconds, the default'],
        ],
        answer: [
          'with credentials the star is not allowed: let the backend name the origin and answer the preflight request',
          'put frontend and backend behind the same domain with a proxy, then there is no cors at all',
          'the backend closes idle connections before nginx does, make its keepalive longer than the 60 of the proxy',
        ],
        aside: [
          'cors protects the user from you',
          'the network tab of the browser tells the truth',
          'samesite=lax and read the small print',
        ],
        done: [
          'named the origin and the browser is happy',
          'same domain now, the cookie sticks',
          'keepalive at 65 seconds, zero 502s since',
        ],
      },
      {
        slots: {
          site: ['my portfolio', 'the community page', 'a tiny blog'],
        },
        aligned: true,
        ask: [
          'do I need a framework for {site} or is html enough in [this year|2024]?',
          '{site} takes six seconds to load, lighthouse says javascript',
          'where do you host {site} when it is only static html?',
        ],
        more: [
          'it is five pages and a contact form',
          'images are straight from the camera',
          'I do have a domain already',
        ],
        probe: [
          ['does anything change without a click?', 'no, nothing'],
          ['how big are the images?', '4 megabytes each, oops'],
        ],
        answer: [
          'plain html and css, a static site generator if you repeat yourself, no framework',
          'resize the images of the website, serve webp or avif with width and height, that is five of your six seconds',
          'any static hosting works, put the html in git and let it deploy on push',
        ],
        aside: [
          'view source used to be my school',
          'no javascript is the fastest javascript',
          'an html form can be a mailto, I said what I said',
        ],
        done: [
          'went with html, it is so calm',
          '0.8 seconds. it was the images',
          'deployed {site} from git, first website of mine that is online!',
        ],
      },
    ],
    talk: [
      {
        open: [
          'small web appreciation: what page do you visit for fun?',
          'another javascript framework came out, who had that on the card?',
          'my website is ten years old today',
        ],
        lines: [
          'a forum about lighthouses, pure html, loads in a blink',
          'I still have a guestbook, somebody signed it in March',
          'the browser is the best runtime and the worst',
          'css grid was worth the wait',
          'semantic html is accessibility for free, use the button element',
          'my page has no cookies so it has no banner',
          'the frontend of my bank is a war crime',
          'responsive means it also works on my fridge',
          'rss never died, it just moved to a quieter street',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          el: ['el menú', 'la tabla', 'la tarjeta', 'el pie de página'],
        },
        aligned: true,
        ask: [
          'alguien de css? {el} se sale de la pantalla en el celular',
          'cómo centro {el} sin llorar?',
          '{el} se ve bien en chrome y horrible en el otro navegador',
        ],
        more: ['hay un flexbox dentro de otro flexbox', 'le puse !important, perdón', 'la página es html puro'],
        probe: [
          ['qué dice el inspector de min-width?', 'auto, dice auto'],
          ['el padre tiene alto?', 'no, le pongo?'],
          ['tienes un ancho fijo en algún lado?', 'sí, 1200 píxeles arriba'],
        ],
        answer: [
          'en el css ponle min-width: 0 al hijo del flexbox y deja que se encoja',
          'grid en el padre con place-items: center, dos líneas de css',
          'quita el ancho fijo del css y usa max-width, la página se adapta sola',
        ],
        aside: [
          'borde rojo a todo en el css y lo ves enseguida',
          'borra la mitad del css a ver qué pasa',
          'las container queries son un regalo',
        ],
        done: ['min-width: 0, quién lo diría', 'quedó centrado, con dos líneas', 'ya se ve bien en el celular'],
      },
      {
        slots: {
          sitio: ['mi portafolio', 'la página de la comunidad', 'un blog'],
        },
        aligned: true,
        ask: [
          'para {sitio} uso un framework o basta html?',
          '{sitio} tarda siete segundos en cargar, qué reviso?',
          'dónde suben {sitio} si es solo html y css?',
        ],
        more: [
          'son cinco páginas y un formulario',
          'las imágenes vienen directo de la cámara',
          'el servidor es el más barato que encontré',
        ],
        probe: [
          ['algo se mueve sin hacer clic?', 'nada'],
          ['cuánto pesan las imágenes?', 'cuatro megas cada una, uy'],
        ],
        answer: [
          'html y css, sin framework, y un generador si te repites mucho',
          'achica las imágenes del sitio web y pásalas a webp con ancho y alto, ahí se van cinco segundos',
          'cualquier hosting estático sirve, pones el html en git y se publica solo',
        ],
        aside: [
          'la web más rápida es la que no tiene javascript',
          'ver código fuente fue mi escuela',
          'ponle rss al sitio web, hazlo por nosotros',
        ],
        done: [
          'lo dejé en html y qué tranquilidad',
          'bajó a un segundo, eran las imágenes',
          'publiqué {sitio}, mi primera página en línea!',
        ],
      },
    ],
    talk: [
      {
        open: [
          'qué página web visitan por gusto?',
          'salió otro framework de javascript, quién lo tenía en el bingo?',
          'mi página cumple diez años',
        ],
        lines: [
          'un foro de faros, puro html, carga en nada',
          'todavía tengo libro de visitas, firmaron en marzo',
          'el frontend de mi banco es un crimen',
          'mi página no tiene cookies, así que no tiene aviso',
          'el navegador es mi sistema operativo, la verdad',
          'css grid valió la espera',
          'usen el botón de html para los botones, es gratis',
          'el rss sigue vivo, solo se mudó de barrio',
        ],
      },
    ],
  },
};

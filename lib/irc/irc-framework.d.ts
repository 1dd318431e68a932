// Types for the part of irc-framework that lib/irc uses; the package has none. Any field from the server may be missing.
declare module 'irc-framework' {
  export interface ConnectOptions {
    readonly host: string;
    readonly port: number;
    readonly nick: string;
    readonly username: string;
    readonly gecos: string;
    readonly encoding: 'utf8';
    /** The answer to CTCP VERSION; none if empty. */
    readonly version: string;
    readonly auto_reconnect: boolean;
    /** Seconds. */
    readonly ping_interval: number;
    /** Seconds. */
    readonly ping_timeout: number;
    /** Bytes after which a line is split. */
    readonly message_max_length: number;
    readonly account: { readonly account?: string; readonly password?: string };
    readonly sasl_disconnect_on_fail: boolean;
    readonly transport: new (options: never) => object;
    readonly [custom: string]: unknown;
  }

  interface Events {
    readonly registered: { readonly nick?: string };
    readonly privmsg: { readonly nick?: string; readonly target?: string; readonly message?: string };
    readonly join: { readonly nick?: string; readonly channel?: string };
    readonly part: { readonly nick?: string; readonly channel?: string };
    readonly kick: { readonly kicked?: string; readonly channel?: string };
    readonly quit: { readonly nick?: string };
    readonly nick: { readonly nick?: string; readonly new_nick?: string };
    readonly userlist: { readonly channel?: string; readonly users: readonly { readonly nick?: string }[] };
    readonly 'nick in use': { readonly nick?: string };
    readonly 'nick invalid': { readonly nick?: string };
    readonly 'unknown command': { readonly command?: string };
    readonly 'irc error': { readonly error?: string; readonly channel?: string; readonly reason?: string };
    readonly 'sasl failed': { readonly reason?: string };
    readonly 'ping timeout': undefined;
    readonly 'socket close': Error | false | undefined;
    readonly close: boolean;
  }

  export class Client {
    readonly connection: { readonly end: (data: string | null, hadError: boolean) => void };
    readonly network: { readonly options: { readonly NICKLEN?: unknown; readonly CASEMAPPING?: unknown } };
    on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): this;
    connect(options: ConnectOptions): void;
    join(channel: string): void;
    changeNick(nick: string): void;
    say(target: string, message: string): void;
    quit(message: string): void;
  }
}

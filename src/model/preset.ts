// What a preset is: one service's message format, limits and way of saying no.

import type { Json, JsonObject } from "../lib/json.ts";
import type { Events, PipelineEvent } from "./event.ts";

/** How one option of a preset is written in the config. */
export interface OptionSpec {
	/** `strings` is a string or a list of strings, `table` any table. */
	readonly kind: "string" | "boolean" | "strings" | "table" | "choice";
	/** The values of a `choice`. */
	readonly choices?: readonly string[];
	/** Of a template: the only texts that have a meaning, where nothing is inserted. */
	readonly words?: readonly string[];
	/** Masked wherever it could be shown, and redacted in code frames. */
	readonly secret?: boolean;
	/** Its texts are templates over the events, which {@link Fill} renders. Of every kind but `boolean`. */
	readonly template?: true;
	/** It is in the request also where a `body_template` replaces the body. */
	readonly inRequest?: true;
	/** A hook without it is a config error, unless a `body_template` replaces the body. */
	readonly required?: boolean;
	/** One line for the reference. */
	readonly summary: string;
}

/** A hook's preset options with every variable resolved, without those that are templates. */
export type Options = Readonly<Record<string, Json>>;

/**
 * Renders an option that is a template: of a table each text with its key, of a list or a single text each with an empty
 * one; nothing where the hook has no such option. `view` gives what the template sees. `escaping` is put on each inserted
 * value. Throws {@link CannotRender} for a text of many megabytes.
 */
export type Fill = (
	option: string,
	view: () => JsonObject,
	escaping?: (text: string) => string,
) => readonly (readonly [key: string, text: string])[];

/** What a service must be given besides an event and the required options. */
export interface Needs {
	/** `true` for the hook's own URL, or the name of an option that does instead; absent where the service has an address. */
	readonly url?: true | string;
	/** Nothing but JSON is accepted, so that another content type is an error. */
	readonly json?: boolean;
	/** The message is made of `context.resource`, which the CI's API provides where the user gives none. */
	readonly resource?: boolean;
}

/** How a message is sent. */
export interface ServiceRequest {
	/** In place of the hook's own URL. */
	readonly url?: string | undefined;
	/** Default POST; the hook's own wins. */
	readonly method?: string;
	/** The hook's own win, whatever their case. */
	readonly headers?: Readonly<Record<string, string>>;
	/** By what a stream of NATS knows the message again, where that cannot be the delivery id. */
	readonly messageId?: (deliveryId: string) => string;
}

/** What to know about the URL of a hook. Neither line quotes it. */
export interface AddressNote {
	readonly what: string;
	readonly remedy: string;
}

/** The body of a message. */
export interface Message {
	readonly body: Json;
	/** What was truncated or left out to stay within the service's limits: `error truncated to 3000 characters`. */
	readonly notes: readonly string[];
}

/** The part of a response in which a service says what it means. */
export interface Response {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** What a service says in a 2xx response. A failure reported in a 2xx is final: it is not retried. */
export type Verdict = { readonly ok: true; readonly note?: string } | { readonly ok: false; readonly reason: string };

/**
 * A service as one hook uses it. Pure: the same events give the same request and body. `batch` is true for the events of
 * a hook with `batch_size`, even where there is only one.
 */
export interface Service {
	/** Default: a POST to the hook's own URL. */
	readonly request?: (events: Events, batch: boolean) => ServiceRequest;
	/** Throws {@link CannotRender}. */
	readonly body: (events: Events, batch: boolean) => Message;
	/** Judges a 2xx response, which must then have arrived whole; without it, every 2xx is a success. */
	readonly judge?: (response: Response) => Verdict;
	/** What a response other than a 2xx means, where neither its status nor its text says what to do. One line. */
	readonly explain?: (response: Response) => string | undefined;
	/** Milliseconds, 0 or more, that a response asks to wait before the next attempt; otherwise `Retry-After` decides. */
	readonly retryAfter?: (response: Response) => number | undefined;
	/** The service's escaping of user text, put on template values before JSON's. */
	readonly escape?: (text: string) => string;
	/** The key by which the service ties messages together, if it has one; undefined for a message that is tied to no other. */
	readonly key?: (events: Events) => string | undefined;
}

/** What a message is worth when it comes late. */
export interface Late {
	/** Milliseconds for which it is worth sending. */
	readonly maxAgeMs: number;
	/** Whether a newer message about the same thing makes it obsolete. */
	readonly supersedes: boolean;
	/** Whether a start, a cancellation or a note makes nothing obsolete: who missed a failure would never hear of it. */
	readonly byOutcomes?: true;
	/** Options that decide who receives it, besides the URL, the secrets and what is required. */
	readonly receiver?: readonly string[];
}

/**
 * How large parts of a body may be, each under the path that leads to it: `bytes` is the whole body, `*` each item of a
 * list, and after a list the name of a type those of that `type`. A text counts its characters (UTF-16 code units) or as
 * its {@link TextLimit} says, a list its items; the largest part counts, or where paths are joined by ` + ` all of them
 * together.
 */
export type Limits = Readonly<Record<string, number | TextLimit>>;

/** A limit of a text that a service measures in its own way. */
export interface TextLimit {
	readonly most: number;
	readonly unit: "characters" | "bytes";
	readonly size: (text: string) => number;
}

/** What is known of a service before any hook uses it. */
export interface Preset {
	/** As the config writes it. */
	readonly name: string;
	/** The service's own name, for people. */
	readonly title: string;
	/** Whether its messages are for any receiver, and not for the API of one service: then NATS may carry them too. */
	readonly portable?: true;
	/** Whether its messages may wake people up. */
	readonly pages?: true;
	/** Those of the events that a message is made of, if not of all: with none of them there is nothing to send. */
	readonly takes?: (events: Events, options: Options) => readonly PipelineEvent[];
	readonly options: Readonly<Record<string, OptionSpec>>;
	readonly needs: Needs;
	/** The subject of a URL of NATS that names none. */
	readonly natsSubject?: string;
	/** Options of every hook in a `rocky.toml`, which has none of its own. */
	readonly inRocky?: Readonly<Record<string, string>>;
	/** What the service states; none of our own. */
	readonly limits?: Limits;
	/** Where the service itself shows a body, which goes in the fragment of the URL; undefined for a body it cannot show. */
	readonly showcase?: (body: JsonObject) => string | undefined;
	/** Default: worth sending for three days, and superseded by nothing. */
	readonly late?: Late;
	/** Milliseconds of one attempt, where a hook sets no `timeout_ms`; default 10000. */
	readonly timeoutMs?: number;
	/**
	 * The service's markup for whom the option `mention` names, in the service's spelling or without its `@`; undefined for
	 * whom it cannot mention.
	 */
	readonly mention?: (who: string) => string | undefined;
	/** What to know about a URL that gets the preset's messages, or with `isTemplate` those of the hook's own template. */
	readonly address?: (url: URL, isTemplate: boolean) => AddressNote | undefined;
	/**
	 * `url` is the hook's own, checked; undefined where it has none. Without `fill`, no option is a template. `name` is the
	 * hook's.
	 */
	readonly service: (options: Options, url?: URL, fill?: Fill, name?: string) => Service;
}

/** Thrown where the event lacks what the service cannot do without; the message is a reason for people. */
export class CannotRender extends Error {
	override readonly name = "CannotRender";
}

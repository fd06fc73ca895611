// What a preset is: one service's message format, limits and way of saying no.

import type { Json, JsonObject } from "../lib/json.ts";
import type { Events, PipelineEvent, Status } from "./event.ts";

/** How one option of a preset is written in the config. */
export interface OptionSpec {
	/** `strings` is a string or a list of strings, `table` any table. */
	readonly kind: "string" | "boolean" | "strings" | "table" | "choice";
	/** The values of a `choice`. */
	readonly choices?: readonly string[];
	/** Masked wherever it could be shown, and blanked in code frames. */
	readonly secret: boolean;
	/** A hook without it is a config error, unless a `body_template` replaces the body. */
	readonly required: boolean;
	/** One line for the reference. */
	readonly summary: string;
}

/** A hook's preset options with every variable already put in. */
export type Options = Readonly<Record<string, Json>>;

/** What a preset made of an event, or of a batch of them, whose body may also be a list. */
export interface Message<B extends Json = JsonObject> {
	readonly body: B;
	/** Headers that depend on the event; {@link Preset.headers} and the hook's own win over them. */
	readonly headers?: Readonly<Record<string, string>>;
	/** What was cut to stay inside the service's limits, one phrase each: `section text cut to 3000 characters`. */
	readonly cut: readonly string[];
}

/** The part of an answer by which a service tells what it means. */
export interface Answer {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** What a preset makes of a 2xx answer. A failure told in a 2xx is final: it is not retried. */
export type Verdict = { readonly ok: true; readonly note?: string } | { readonly ok: false; readonly reason: string };

/** One service. Pure: the same event and options give the same message. */
export interface Preset {
	readonly name: string;
	/** The service's own name, for people. */
	readonly title: string;
	readonly options: Readonly<Record<string, OptionSpec>>;
	/** Whether the service takes nothing but JSON, so that another content type is a mistake. */
	readonly jsonOnly: boolean;
	/** Where messages go when the hook has no `url`. */
	readonly defaultUrl?: (options: Options) => string;
	/** The option without which {@link Preset.defaultUrl} leads nowhere. */
	readonly urlOption?: string;
	/** Parameters that the service needs in the URL's query; those in the hook's own URL win. */
	readonly query?: Readonly<Record<string, string>>;
	/** Headers that the service needs; the hook's own win over them, whatever their case. */
	readonly headers?: (options: Options) => Readonly<Record<string, string>>;
	/** A 2xx whose body did not arrive whole cannot be taken for a success. */
	readonly mustReadAnswer: boolean;
	/** Judges a 2xx answer; without it, every 2xx is a success. */
	readonly judge?: (answer: Answer) => Verdict;
	/** What an answer that is no 2xx means, where neither its status nor its text says what to do. One line. */
	readonly explain?: (answer: Answer) => string | undefined;
	/** Milliseconds, 0 or more, that an answer asks to wait before the next attempt; else `Retry-After` tells. */
	readonly retryAfter?: (answer: Answer) => number | undefined;
	/** The service's escaping of user text, put on template values before JSON's. */
	readonly escape?: (text: string) => string;
	/** A warning about a resolved URL, or undefined: services retire addresses. Must not quote the URL. */
	readonly warnUrl?: (url: URL) => string | undefined;
	/** The preset of another service whose message these options make: it judges the answers, and escapes a template's values. */
	readonly postsTo?: (options: Options) => Preset | undefined;
	/** Whether the message is made of `context.resource`, which the CI's API knows where the user gives none. */
	readonly needsResource?: boolean;
	/** Whether the headers that {@link Preset.render} gives belong to a body of the hook's own template as well. */
	readonly headersBesideTemplate?: boolean;
	/** Throws {@link CannotRender}. */
	readonly render: (event: PipelineEvent, options: Options) => Message;
	/** The events of one batch as one message: a list, capped, with a count. Throws {@link CannotRender}. */
	readonly renderBatch: (events: Events, options: Options) => Message<Json>;
}

/** Thrown where the event lacks what the service cannot do without; the message is a reason for people. */
export class CannotRender extends Error {
	override readonly name = "CannotRender";
}

/** A colour word for each status, as several services use them. */
export const SEVERITY: Readonly<Record<Status, "critical" | "error" | "warning" | "info">> = {
	started: "info",
	success: "info",
	failure: "error",
	cancelled: "warning",
	info: "info",
	warning: "warning",
};

// The relay of a fleet: jobs publish events on NATS, and workers with the organisation's config deliver them.
import type { PipelineEvent } from "./event.ts";
import type { Hook, Webhook } from "./hook.ts";
import type { StoreFailure } from "./store.ts";

/** The name of the hook that `[relay]` is, and of its preset, which no other hook can have. */
export const RELAY = "relay";

/** The stream of a relay, and how all subjects in it begin, where its URL names none. */
export const RELAY_STREAM = "ci";

/** What is said of a message for NATS that no stream takes. */
export const NO_STREAM = "no JetStream stream takes the subject";

/** A newer layout of messages has another number, and workers of this one then deliver none of them. */
export const RELAY_VERSION = 1;

/** Whether a stream may have the name, which is the first token of its subjects. */
export function isStreamName(text: string): boolean {
	return /^[\w-]+$/.test(text) && text !== DEAD;
}

/** How the subjects begin of what cannot be delivered. */
export const DEAD = "dead";

/** The stream that a URL names, or as a sentence why it is not that of a relay. */
export function relayStream(url: URL): { readonly stream: string } | { readonly problem: string } {
	if (url.protocol !== "nats:" && url.protocol !== "tls:") {
		return { problem: "nats is not a URL of NATS; write it as nats://host:4222" };
	}
	const stream = url.pathname.slice(1);
	if (isStreamName(stream)) return { stream };
	return { problem: `the path of nats must be one word other than ${DEAD}, as in nats://host:4222/${RELAY_STREAM}` };
}

/** The relay among the hooks of a config; undefined where it has no `[relay]`. */
export function relayIn(hooks: readonly Hook[]): Webhook | undefined {
	const [found] = hooks.flatMap((hook) => (hook.kind === "webhook" && isRelay(hook) ? [hook] : []));
	return found;
}

/** Whether a hook hands events to a relay. */
export function isRelay(hook: Hook): boolean {
	return hook.kind === "webhook" && hook.preset.name === RELAY;
}

/**
 * The subject of an event: `ci.acme.shop.pipeline_error`, by stream, repository and event, or `ci.local.pipeline_error`
 * without a repository. Servers of NATS let a job publish to the subjects of its own repository only, so a worker takes
 * an event under no other subject than this.
 */
export function relaySubject(stream: string, { definition, context: { ci } }: PipelineEvent): string {
	const { repository = "local" } = ci ?? {};
	return [stream, ...repository.split("/").map(token), token(definition.name)].join(".");
}

/** A text as a token of a subject. No two texts have the same: bytes that a token cannot have are `=2E`. */
function token(text: string): string {
	const encoded = Array.from(Buffer.from(text), (byte) => {
		const character = String.fromCharCode(byte);
		return /[\w-]/.test(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
	});
	return encoded.length === 0 ? "=" : encoded.join("");
}

/** An event that has come from a relay, and is this worker's until it says what became of it or half a minute is over. */
export interface Relayed {
	readonly subject: string;
	readonly text: string;
	/** When the stream has stored it, in milliseconds since 1970. */
	readonly at: number;
	/** It is stored elsewhere, or nobody wants it: the relay forgets it. */
	readonly take: () => void;
	/** It could not be stored: a worker gets it again after some seconds. */
	readonly release: () => void;
	/**
	 * It cannot be delivered: the beginning of `text` is kept under a subject of its own, with `cause`, a line, and its subject
	 * as headers.
	 */
	readonly bury: (cause: string, text: string) => Promise<StoreFailure | undefined>;
}

/** How many events were taken, by what became of them. */
export interface Taken {
	/** Stored as deliveries. */
	readonly stored: number;
	/** All hooks for them are muted. */
	readonly muted: number;
	/** The config has no hook for them. */
	readonly unwanted: number;
	/** They cannot be read, or are not what their subject says. */
	readonly refused: number;
}

/** What workers read. Nothing rejects. */
export interface Relay {
	/** The stream, for {@link relaySubject}. */
	readonly stream: string;
	/** Waits for events, at most so many; none once `signal` aborts. */
	next(most: number, signal: AbortSignal): Promise<readonly Relayed[] | StoreFailure>;
	/** Hands back what was not returned yet. */
	close(): Promise<void>;
}

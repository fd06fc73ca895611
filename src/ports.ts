// The outside world behind small interfaces; the real ones are put together in node.ts.
import type { Env } from "./lib/env.ts";
import type { HttpCause } from "./model/failure.ts";
import type { ShellName } from "./model/hook.ts";
import type { OpenStore } from "./model/store.ts";

/** Time. Durations are always taken from `monotonic`, which no clock adjustment moves. */
export interface Clock {
	/** Wall-clock time, for timestamps only. */
	now(): Date;
	/** Milliseconds since an arbitrary start; never goes back. */
	monotonic(): number;
	/** Resolves after `ms` milliseconds, or as soon as `signal` aborts; never rejects. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A number from 0 (inclusive) to 1 (exclusive), as `Math.random` gives; decides the jitter of retries. */
export type Random = () => number;

/** A proxy that the environment names. */
export interface HttpProxy {
	/** `http:` or `https:`; its user and password, percent-encoded, are still in it. */
	readonly url: URL;
	/** The variable that names it, for the messages of its failures. */
	readonly variable: string;
}

/** A connection for each request, or connections that are kept and shared with many other requests. */
export type Connections = "single" | "pooled";

/** One HTTP request, its body already the exact bytes to send. */
export interface HttpRequest {
	readonly method: string;
	/**
	 * `https:` or `http:`; or of NATS, whose path is the subject, `tls:`, or `nats:` for a connection without TLS. Whether
	 * plain http and `nats:` are allowed was decided before.
	 */
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	/** Absent for methods that carry no body. */
	readonly body: Uint8Array | undefined;
	/** For the whole exchange: name, connection, sending and reading the response. */
	readonly timeoutMs: number;
	/** Bytes of the response's body that are read; past them reading stops and the socket is closed. */
	readonly responseLimit: number;
	readonly connections: Connections;
	/** Absent where the request goes straight to its host. */
	readonly proxy: HttpProxy | undefined;
	/** Whether private and loopback addresses may be connected to. Link-local and metadata ones never are. */
	readonly allowPrivate: boolean;
	/** CA certificates to trust besides the usual ones, as PEM. */
	readonly caCertificates: string | undefined;
}

/**
 * How the body of a response came: `whole`, its end proved; `truncated` (reset or timeout after the headers); stopped
 * `over_limit`; or `undelimited`: it ended, but nothing proved where, so that it may be truncated.
 */
export type BodyRead = "whole" | "truncated" | "over_limit" | "undelimited";

/** A response: at least its headers came. */
export interface HttpResponse {
	readonly kind: "response";
	readonly status: number;
	/** Names in lower case; repeated headers joined with `, `. */
	readonly headers: Readonly<Record<string, string>>;
	/** Decoded as UTF-8, malformed bytes replaced; at most `responseLimit` bytes of it. */
	readonly body: string;
	readonly read: BodyRead;
}

/** Why there was no response at all. */
export interface HttpFailure {
	readonly kind: "failure";
	readonly cause: HttpCause;
	/** A short sentence without the URL: `connection refused`, `TLS: certificate has expired`. */
	readonly detail: string;
}

/** How an HTTP exchange ended. */
export type HttpResult = HttpResponse | HttpFailure;

/** Sends requests. Never throws and never rejects: every failure is a value, an impossible request too. */
export interface Http {
	/** Ends early with the cause `cancelled` when `signal` aborts. */
	send(request: HttpRequest, signal: AbortSignal): Promise<HttpResult>;
	/** Closes idle connections, so that the process can end. */
	close(): void;
}

/** One shell command with what it gets to see. */
export interface ShellCommand {
	/** Given to the shell as it is. */
	readonly command: string;
	/** What runs it, as a workflow's `run:` step does; undefined is `sh`, and `cmd` on Windows. */
	readonly shell: ShellName | undefined;
	readonly cwd: string;
	/** The whole environment of the command; nothing is added to it. */
	readonly env: Readonly<Record<string, string>>;
	/** Written to stdin, then stdin is closed; a command that does not read it is fine. */
	readonly stdin: string;
	/** Counts from before stdin is written; then the whole process group is ended. */
	readonly timeoutMs: number;
	/**
	 * Called for each line of output as it comes, without its line end, truncated to 64 Ki UTF-16 code units; at most a bounded
	 * number of bytes in all.
	 */
	readonly onLine: (line: string, stream: "stdout" | "stderr") => void;
}

/** How a shell command ended, with the last line of each stream that is not blank (truncated to 500 code points; empty without one). */
export interface ShellResult {
	readonly end:
		| {
				readonly kind: "exit";
				readonly code: number;
				/** The signal for which a shell gives this code, which is 128 and its number: `SIGKILL`, `signal 34`. */
				readonly signal?: string;
		  }
		/** `SIGKILL`, or `a signal` where the system does not tell which. */
		| { readonly kind: "signal"; readonly signal: string }
		| { readonly kind: "timeout" }
		| { readonly kind: "cancelled" }
		| { readonly kind: "not_started"; readonly detail: string };
	readonly lastStdout: string;
	readonly lastStderr: string;
}

/** Runs shell commands, each in a process group of its own. Never throws for what a command does. */
export interface Shell {
	/** Ends the group early when `signal` aborts. */
	run(command: ShellCommand, signal: AbortSignal): Promise<ShellResult>;
}

/** What reading a file gave. `unreadable` carries the system's reason: `permission denied`, `is a directory`. */
export type FileRead =
	| { readonly kind: "file"; readonly bytes: Uint8Array }
	| { readonly kind: "missing" }
	| {
			readonly kind: "unreadable";
			readonly detail: string;
			/** Whether it has more bytes than were asked for at most. */
			readonly isTooLarge?: boolean;
			/** What to do about it, where that is known. */
			readonly remedy?: string;
	  };

/** The file system, as far as it is needed. Paths are absolute. */
export interface Files {
	/** Reads a whole regular file, at most `limit` bytes; a larger one, a pipe and a device are `unreadable`. */
	read(path: string, limit: number): Promise<FileRead>;
	/**
	 * Reads a regular file in pieces, as they are asked for; rejects with the system's error, and when `signal` aborts. A
	 * pipe and a device are an error with the code {@link NOT_REGULAR}.
	 */
	stream(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
	/** Writes a whole file, creating its folders; rejects with the system's error. */
	write(path: string, text: string): Promise<void>;
	/** Adds to the end of a file; rejects with the system's error. */
	append(path: string, text: string): Promise<void>;
	/** The names of what is in a folder, in order; undefined where there is no such folder. */
	names(folder: string): Promise<readonly string[] | undefined>;
	/** The path with all symbolic links followed; the path itself where it leads nowhere. */
	real(path: string): Promise<string>;
}

/** A file of a repository at a commit. */
export interface RemoteFile {
	readonly token: string;
	/** `https://api.github.com`, or a GitHub Enterprise Server's. */
	readonly apiUrl: string;
	/** `owner/name`. */
	readonly repository: string;
	readonly path: string;
	readonly ref: string;
	/** Bytes; reading stops once there are more. */
	readonly limit: number;
}

/**
 * Reads a file of a repository; undefined when it is not there. Anything else is an `Error` whose message goes on after
 * "GitHub's API": `responded with 403: …`. When `signal` aborts, that is its reason.
 */
export type ReadRemoteFile = (file: RemoteFile, signal: AbortSignal) => Promise<Uint8Array | undefined>;

/** A run of a workflow. */
export interface RemoteRun {
	readonly token: string;
	/** `https://api.github.com`, or a GitHub Enterprise Server's. */
	readonly apiUrl: string;
	/** `owner/name`. */
	readonly repository: string;
	readonly runId: number;
	/** Bytes; reading stops once there are more. */
	readonly limit: number;
}

/** Reads a run's JSON as the API gives it; for the rest as {@link ReadRemoteFile}. */
export type ReadRemoteRun = (run: RemoteRun, signal: AbortSignal) => Promise<Uint8Array | undefined>;

/** Lines for the person who watches. Everything that passes through is masked and cannot act as a workflow command. */
export interface Log {
	/** From now on these texts are redacted, besides those before. Called before the first line. */
	protect(secrets: readonly string[]): void;
	info(line: string): void;
	/** Shown only where debug output is on. */
	debug(line: string): void;
	/**
	 * Opens a foldable group, and gives what writes a line into it; groups do not nest. What is logged beside it
	 * meanwhile comes after it.
	 */
	openGroup(title: string): (line: string) => void;
	closeGroup(): void;
}

/** Everything of the outside world that firing an event needs. */
export interface Ports {
	readonly clock: Clock;
	readonly random: Random;
	readonly env: Env;
	readonly http: Http;
	readonly shell: Shell;
	readonly files: Files;
	readonly openStore: OpenStore;
	readonly log: Log;
}

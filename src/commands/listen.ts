// `listen`: a local receiver that shows what hooks send to it, and whether their signatures are valid.
import { once } from "node:events";
import type { Env } from "../lib/env.ts";
import { errorCode, UserError } from "../model/problem.ts";
import { inTurn, type Received, type ReceiverResponse, startReceiver } from "../receiver/receiver.ts";
import { bareKey } from "../secrets/known.ts";
import { createMask } from "../secrets/mask.ts";
import { SIGNATURES } from "../signature/schemes.ts";
import { collect, defineCommand, EXIT } from "./command.ts";
import { checkFlags, readWhole } from "./flags.ts";
import { requestJson, requestLines } from "./listen-view.ts";
import { type CheckedSigning, readSigning, type SigningFlags } from "./signing.ts";

/** As they are written. */
interface ListenFlags extends SigningFlags {
	readonly port: string;
	readonly host: string;
	readonly status: string;
	readonly retryAfter?: string;
	readonly count?: string;
}

/** Shows requests until Ctrl-C, or until as many came as were asked for. */
export const registerListen = defineCommand<ListenFlags>(
	(program) =>
		program
			.command("listen")
			.summary("receive webhooks on this machine and show them")
			.description(
				"Receives webhooks on this machine, checks their signatures and shows each one. With --status it acts like a " +
					"receiver that fails. Ctrl-C ends it.",
			)
			.option("--port <number>", "port to listen on; 0 for any free port", "8787")
			.option("--host <address>", "address to listen on", "127.0.0.1")
			.option("--secret-env <variable>", "environment variable with the signing secret; repeatable", collect)
			.option("--scheme <name>", `how requests are signed: ${SIGNATURES.join(", ")}`, "rocky")
			.option("--signature-header <name>", "header of the signature, if it is renamed")
			.option("--status <list>", "statuses of the responses, in order; the last one repeats: 503,429,200", "200")
			.option("--retry-after <seconds>", "Retry-After of responses other than 2xx")
			.option("--count <number>", "end after this many requests")
			.option("--json", "write each request to stdout as one line of JSON"),
	"listen --secret-env WEBHOOK_SECRET --status 503,200",
	async ({ flags, json, terminal }) => {
		const options = readListenFlags(flags, terminal.env);
		const { host, signing, count } = options;
		const mask = createMask([...signing.secrets, ...signing.secrets.map(bareKey)]);
		const seen = new Set<string>();
		const end = new AbortController();
		let shown = 0;
		const receiver = await listen(options, (received) => {
			// Requests that arrive while the last one is in flight are not shown.
			if (shown === count) return;
			const { deliveryId = "" } = received;
			const shownAt = { received, time: new Date(), again: seen.has(deliveryId) };
			if (deliveryId !== "") seen.add(deliveryId);
			const lines = json ? [requestJson(shownAt, mask)] : requestLines(shownAt, mask, terminal.paint);
			for (const line of lines) terminal.out(line);
			shown += 1;
			if (shown === count) end.abort();
		});
		const url = `http://${host.includes(":") ? `[${host}]` : host}:${receiver.port}`;
		terminal.err(`listening on ${url} · ${describeCheck(signing, flags)} · Ctrl-C ends it`);
		await ended([terminal.signal, terminal.unread, end.signal]);
		await receiver.close();
		return EXIT.ok;
	},
);

async function ended(signals: readonly AbortSignal[]): Promise<void> {
	const any = AbortSignal.any([...signals]);
	if (!any.aborted) await once(any, "abort");
}

function describeCheck({ scheme, secrets }: CheckedSigning, { secretEnv = [] }: ListenFlags): string {
	if (secrets.length === 0) return "signatures are not checked";
	return `${scheme === "rocky" ? "" : `${scheme} `}signatures checked with ${secretEnv.join(" or ")}`;
}

/** Reads the flags. Throws one `UserError` with all their errors. */
export function readListenFlags(flags: ListenFlags, env: Env) {
	return checkFlags((reject) => {
		const whole = (name: string, text: string, least: number, most: number, example: string) =>
			readWhole(name, text, { least, most, example }, reject);
		const optional = (name: string, text: string | undefined, least: number, example: string) =>
			text === undefined ? undefined : whole(name, text, least, 2 ** 31 - 1, example);

		const port = whole("port", flags.port, 0, 65_535, "8787") ?? 0;
		const retryAfter = optional("retry-after", flags.retryAfter, 0, "2");
		const statuses = flags.status.split(",").map((text) => whole("status", text, 200, 599, "503,429,200"));
		const [first = response(200, retryAfter), ...rest] = statuses.map((status) => response(status, retryAfter));
		// Without a secret nothing would be checked, although someone relies on the check.
		const named = flags.scheme !== "rocky" ? "scheme" : flags.signatureHeader !== undefined ? "signature-header" : "";
		if (named !== "" && flags.secretEnv === undefined) {
			const problem = `--${named}: there is no secret to check signatures with`;
			reject(problem, "name its variable: --secret-env WEBHOOK_SECRET");
		}
		return {
			host: flags.host.trim() || "127.0.0.1",
			port,
			signing: readSigning(flags, env, reject),
			responses: [first, ...rest] as const,
			/** Requests until the end; undefined goes on until Ctrl-C. */
			count: optional("count", flags.count, 1, "3"),
		};
	});
}

/** A success for every gate and every preset: Slack looks for `ok`, Discord for `id`. */
const YES = {
	headers: { "Content-Type": "application/json" },
	body: JSON.stringify({ allow: true, ok: true, id: "0" }),
} as const;

function response(status = 200, retryAfter: number | undefined): ReceiverResponse {
	if (status < 300) return status === 204 || status === 205 ? { status } : { status, ...YES };
	return retryAfter === undefined ? { status } : { status, headers: { "Retry-After": String(retryAfter) } };
}

/** Starts the receiver. Throws `UserError` where the system does not let it listen there. */
async function listen(options: ReturnType<typeof readListenFlags>, onRequest: (received: Received) => void) {
	const { host, port, signing, responses } = options;
	const { secrets } = signing;
	const secret = () => (secrets.length === 0 ? undefined : secrets);
	try {
		return await startReceiver({ host, port, secret, signing, respond: inTurn(responses), onRequest });
	} catch (error) {
		const noAddress = [`${host} is not an address of this machine`, LOCAL] as const;
		const problems: Readonly<Record<string, readonly [string, string]>> = {
			EADDRINUSE: [
				`port ${port} of ${host} is in use`,
				"stop what listens there, or use another: --port 0 finds a free one",
			],
			EACCES: [`port ${port} is reserved for the system`, "use one from 1024 on, for example --port 8787"],
			EADDRNOTAVAIL: noAddress,
			ENOTFOUND: noAddress,
			EAI_AGAIN: noAddress,
		};
		const [message, remedy] = problems[errorCode(error) ?? ""] ?? [];
		if (message === undefined || remedy === undefined) throw error;
		throw new UserError({ code: "usage", message, remedy });
	}
}

const LOCAL = "write --host 127.0.0.1, or 0.0.0.0 for all its addresses";

// `listen`: a local receiver that shows what hooks send to it, and whether their signatures hold.
import { once } from "node:events";
import { errorCode, UserError } from "../model/problem.ts";
import { inTurn, type Received, startReceiver } from "../receiver/receiver.ts";
import { bareKey } from "../secrets/known.ts";
import { createMask } from "../secrets/mask.ts";
import { SIGNATURES } from "../signature/schemes.ts";
import { collect, EXIT, type ExitCode, type Register, runCommand, type Terminal } from "./command.ts";
import { type ListenFlags, type ListenOptions, readListenFlags } from "./listen-options.ts";
import { requestJson, requestLines } from "./listen-view.ts";
import { painter } from "./paint.ts";
import type { CheckedSigning } from "./signing-flags.ts";

/** Shows requests until Ctrl-C, or until as many came as were asked for. */
export const registerListen: Register = (program, terminal, done) => {
	program
		.command("listen")
		.summary("receive webhooks on this machine and show them")
		.description(
			"Receives webhooks on this machine, checks their signatures and shows each one. With --status it plays a " +
				"receiver in trouble. Ends on Ctrl-C.",
		)
		.option("--port <number>", "port to listen on; 0 takes any that is free", "8787")
		.option("--host <address>", "address to listen on", "127.0.0.1")
		.option("--secret-env <variable>", "environment variable with the secret that signs; repeatable", collect)
		.option("--scheme <name>", `how requests are signed: ${SIGNATURES.join(", ")}`, "rocky")
		.option("--signature-header <name>", "header of the signature, where it is renamed")
		.option("--status <list>", "responses in turn; the last one repeats: 503,429,200", "200")
		.option("--retry-after <seconds>", "Retry-After of responses that are not a success")
		.option("--count <number>", "end after this many requests")
		.option("--json", "write each request to stdout as one line of JSON")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks listen --secret-env WEBHOOK_SECRET --status 503,200\n")
		.action(async (flags: ListenFlags) => done(await listen(flags, terminal)));
};

async function listen(flags: ListenFlags, terminal: Terminal): Promise<ExitCode> {
	return runCommand(flags.json, terminal, async () => {
		await serve(readListenFlags(flags, terminal.env), flags, terminal);
		return EXIT.ok;
	});
}

async function serve(options: ListenOptions, flags: ListenFlags, terminal: Terminal): Promise<void> {
	const { host, port, signing, answers, count } = options;
	const { secrets } = signing;
	const mask = createMask([...secrets, ...secrets.map(bareKey)]);
	const paint = painter(terminal.colour);
	const seen = new Set<string>();
	const end = new AbortController();
	for (const signal of [terminal.signal, terminal.unread]) {
		signal.addEventListener("abort", () => end.abort(), { once: true });
		if (signal.aborted) end.abort();
	}
	let shown = 0;

	const onRequest = (received: Received) => {
		// Requests that come while the last one wanted is still being answered are nobody's.
		if (shown === count) return;
		const { deliveryId = "" } = received;
		const shownAt = { received, time: new Date(), again: seen.has(deliveryId) };
		if (deliveryId !== "") seen.add(deliveryId);
		const lines = flags.json ? [requestJson(shownAt, mask)] : requestLines(shownAt, mask, paint);
		for (const line of lines) terminal.out(line);
		shown += 1;
		if (shown === count) end.abort();
	};
	const secret = () => (secrets.length === 0 ? undefined : secrets);
	const answer = inTurn(answers);
	const receiver = await startReceiver({ host, port, secret, signing, answer, onRequest }).catch((error: unknown) => {
		throw cannotListen(error, options);
	});
	const checked = describeCheck(signing, flags);
	terminal.err(
		`listening on http://${host.includes(":") ? `[${host}]` : host}:${receiver.port} · ${checked} · Ctrl-C ends it`,
	);
	if (!end.signal.aborted) await once(end.signal, "abort");
	await receiver.close();
}

function describeCheck({ scheme, secrets }: CheckedSigning, { secretEnv = [] }: ListenFlags): string {
	if (secrets.length === 0) return "signatures are not checked";
	return `${scheme === "rocky" ? "" : `${scheme} `}signatures checked with ${secretEnv.join(" or ")}`;
}

function cannotListen(error: unknown, { host, port }: ListenOptions): unknown {
	const usage = (message: string, remedy: string) => new UserError({ code: "usage", message, remedy });
	switch (errorCode(error)) {
		case "EADDRINUSE":
			return usage(
				`port ${port} of ${host} is in use`,
				"end what listens there, or take another: --port 0 finds a free one",
			);
		case "EACCES":
			return usage(`port ${port} is reserved for the system`, "take one from 1024 on, for example --port 8787");
		case "EADDRNOTAVAIL":
		case "ENOTFOUND":
		case "EAI_AGAIN":
			return usage(
				`${host} is not an address of this machine`,
				"write --host 127.0.0.1, or 0.0.0.0 for all its addresses",
			);
		default:
			return error;
	}
}

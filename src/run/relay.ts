// Opens the relay of a worker's config, and says which of its hooks get the events of others.
import { caFileReader } from "../deliver/ca-file.ts";
import { envelopeOf, MessageError } from "../deliver/envelope.ts";
import type { Hook, Webhook } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import { isRelay, type Relay, relayIn, relayStream } from "../model/relay.ts";
import type { Ports } from "../ports.ts";
import { loadNatsRelay } from "../store/nats/load.ts";
import type { RunContext } from "./prepare.ts";

/** The relay, which is connected to with the first question to it; undefined where the config has none. Throws `UserError`. */
export async function openRelay(
	{ config, ci, files }: RunContext,
	{ env }: Pick<Ports, "env">,
): Promise<Relay | undefined> {
	const hook = relayIn(config.hooks);
	if (hook?.enabled !== true) return undefined;
	const { address, caFile } = envelopeFor(hook, env);
	const certificates = caFile === undefined ? undefined : await caFileReader(files, ci.workspace)(caFile);
	if (certificates !== undefined && "reason" in certificates) throw unusable(hook, certificates.reason);
	const found = address === undefined ? undefined : relayStream(address.url);
	if (found !== undefined && "problem" in found) throw unusable(hook, found.problem);
	const open = await loadNatsRelay();
	if (open === undefined || address === undefined)
		throw unusable(hook, `Node ${process.version} cannot load dist/nats`);
	return open(address.url, { caCertificates: certificates?.pem });
}

function envelopeFor(hook: Webhook, env: Ports["env"]) {
	try {
		return envelopeOf(hook, env);
	} catch (thrown) {
		throw thrown instanceof MessageError ? unusable(hook, thrown.failure.reason) : thrown;
	}
}

function unusable({ place }: Webhook, problem: string): UserError {
	return new UserError({ code: "input", message: `the relay cannot be used: ${problem}`, remedy: "", place });
}

/** The hooks that a worker has for the events of others. */
export interface RelayedTo {
	readonly hooks: readonly Webhook[];
	/** The names of those that run in jobs only: no command runs on the word of others, and a gate could stop nobody. */
	readonly others: readonly string[];
}

/** Which hooks of a config get the events that a relay brings. */
export function relayedTo(all: readonly Hook[]): RelayedTo {
	const own = all.filter((hook) => hook.enabled && !isRelay(hook));
	const hooks = own.flatMap((hook) => (hook.kind === "webhook" && hook.onFailure !== "abort" ? [hook] : []));
	const others = own.filter((hook) => !hooks.some(({ name }) => name === hook.name) && hook.selectors.length > 0);
	return { hooks, others: others.map(({ name }) => name) };
}

// A server of NATS with the config of docs/fleet.md, and jobs and workers that use it as its users.
import { connectTo, type Nats, startNats } from "./nats.ts";
import { certificate } from "./net.ts";
import { blocks } from "./pages.ts";
import { runAction, workspace } from "./runner.ts";

/** The page's config, to the letter but for its paths and the passwords, which it has from variables: `shop-pass1`. */
const CONFIG = (blocks("docs/fleet.md", "conf")[0] ?? "")
	.replace("/var/lib/nats", "data")
	.replaceAll("/etc/nats/", "")
	.replaceAll(/\$(\w+)_PASSWORD/g, (_, user: string) => `${user.toLowerCase()}-pass1`);

/** The server of the page. */
export interface Fleet extends Nats {
	/** The URL for one of the page's users. */
	readonly urlFor: (user: string) => string;
	/** The variables of a job that is this user, or has this URL. */
	readonly jobEnv: (user: string) => Readonly<Record<string, string>>;
	/** The variables of a worker. */
	readonly workerEnv: Readonly<Record<string, string>>;
	/** A connection as one of the page's users. */
	readonly connectAs: (user: string) => ReturnType<typeof connectTo>;
}

export async function startFleet(): Promise<Fleet> {
	const { cert, key } = certificate("IP:127.0.0.1");
	const nats = await startNats(CONFIG, { "cert.pem": cert, "key.pem": key }, { jetstream: false });
	const urlFor = (user: string) => `tls://${user}:${user}-pass1@127.0.0.1:${nats.port}`;
	const ca = { NODE_EXTRA_CA_CERTS: `${workspace({ "ca.pem": cert })}/ca.pem` };
	return {
		...nats,
		urlFor,
		jobEnv: (user) => ({ ...ca, NATS_URL: urlFor(user) }),
		workerEnv: { ...ca, NATS_URL: urlFor("worker"), STORE_URL: urlFor("store") },
		connectAs: (user) => connectTo(nats, { user, pass: `${user}-pass1` }, cert.toString()),
	};
}

/** The config of a worker with a webhook for every event at each of these addresses. */
export function workerConfig(...urls: readonly string[]): string {
	const hooks = urls.map(
		(url, n) => `[[subscription]]\nname = "to-${n}"\nevents = ["*"]\nurl = "${url}"\nretry_count = 0\n`,
	);
	return `[relay]\nnats = "\${NATS_URL}"\n[store]\nkind = "nats"\nurl = "\${STORE_URL}"\nschedule = [${'"1s", '.repeat(40)}]\n${hooks.join("")}`;
}

const RELAY = '[relay]\nnats = "${NATS_URL}"\n';

export interface Fired {
	readonly config?: string;
	readonly repository?: string;
	readonly inputs?: Readonly<Record<string, string>>;
}

/** Fires an event as a job does. */
export function job(
	env: Readonly<Record<string, string>>,
	event: string,
	{ config = RELAY, repository = "acme/shop", inputs = {} }: Fired = {},
) {
	return runAction({
		inputs: { event, ...inputs },
		workspace: workspace({ "pipeline-hooks.toml": config, "scripts/freeze.sh": "exit ${FROZEN:-0}" }),
		env: { GITHUB_REPOSITORY: repository, ...env },
	});
}

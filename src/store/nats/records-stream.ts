// The stream of a store of records: made where it is missing, and found to be one that records can be kept in.
import { DiscardPolicy, type JetStreamManager } from "@nats-io/jetstream";
import { type Prepare, UnusableStream } from "./server.ts";
import { NatsStream, streamNamed } from "./stream.ts";

/** A newer layout writes another number into the stream's description, and this program then leaves it alone. */
const VERSION = 1;
const DESCRIPTION = "Records of pipeline-hooks, version ";

/** What opens the stream. `onMissing` is called where there is none, and none was to be made. */
export function recordsStream(name: string, create: boolean, onMissing: () => void): Prepare<NatsStream> {
	return async (manager, client) => {
		if (!(await prepare(manager, name, create))) {
			onMissing();
			throw new UnusableStream(`it has no stream ${name}`);
		}
		return new NatsStream(name, client, manager);
	};
}

/**
 * Makes the stream where it is missing; false where that is not wanted. One of somebody else's making will do if it keeps
 * the last text of each subject.
 */
async function prepare({ streams }: JetStreamManager, name: string, create: boolean): Promise<boolean> {
	const subjects = [`${name}.>`];
	const found = await streamNamed(streams, name);
	if (found === undefined) {
		if (!create) return false;
		const description = `${DESCRIPTION}${VERSION}`;
		// Not the oldest is given up in a full stream.
		const limits = { max_msgs_per_subject: 1, discard: DiscardPolicy.New };
		await streams.add({ name, subjects, description, ...limits });
		return true;
	}
	const { config } = found;
	const version = Number(config.description?.split(DESCRIPTION)[1] ?? VERSION);
	if (version > VERSION) {
		throw new UnusableStream(
			`the version of its stream ${name} is ${version}, and this program supports versions up to ${VERSION}`,
		);
	}
	if (config.max_msgs_per_subject === 1 && config.subjects.includes(`${name}.>`)) return true;
	throw new UnusableStream(
		`its stream ${name} must have the subjects ${name}.> and a limit of 1 message for each subject`,
	);
}

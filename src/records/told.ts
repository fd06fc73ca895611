// What an outcome says of what follows it, where there is a store.
import { count } from "../lib/text.ts";
import { moment } from "../lib/times.ts";
import { type Outcome, reasonOf, withReason } from "../model/delivery.ts";
import type { DeliveryRecord } from "../model/records.ts";
import type { Log } from "../ports.ts";
import type { Sifted } from "./sift.ts";

const AGAIN = "; tried again by `redeliver`";
const KEPT = "; kept in the store";

/** The outcome with what follows it. */
export function told(outcome: Outcome, { state, due, expires }: DeliveryRecord): Outcome {
	if (state === "waiting" && due !== undefined) {
		const isOff = outcome.skipCause === "switched_off" || outcome.switchedOff !== undefined;
		const what = isOff ? KEPT : `${AGAIN} ${from(due)}`;
		return { ...withReason(outcome, reasonOf(outcome) + what), nextAttempt: due };
	}
	if (state === "retry_limit_reached") return withReason(outcome, `${reasonOf(outcome)}; its schedule is over`);
	if (state !== "expired") return outcome;
	return withReason(
		outcome,
		`${reasonOf(outcome)}; not tried again, since it is worth sending only until ${moment(expires)}`,
	);
}

/** The outcome of what was to be tried again, and could not be stored. */
export function untold(outcome: Outcome): Outcome {
	const { nextAttempt, ...rest } = outcome;
	if (nextAttempt === undefined) return outcome;
	const [reason] = reasonOf(outcome).split(AGAIN);
	return withReason(rest, `${reason?.replace(KEPT, "")}; not stored, so it is not tried again`);
}

/** Says how many are not sent, and why. */
export function tellOf({ expired, obsolete, waiting }: Sifted, log: Pick<Log, "info">): void {
	const say = (number: number, what: string) => {
		if (number > 0) log.info(`${count(number, "stored message")} ${what}`);
	};
	say(expired.length, "expired: too old to be sent");
	say(obsolete.length, "superseded by newer ones");
	for (const why of new Set(waiting)) say(waiting.filter((other) => other === why).length, `kept for ${why}`);
}

/** Says how many had to wait for one whose receiver has not answered. */
export function tellOfKeptBack(lanes: readonly { readonly keptBack: number }[], log: Pick<Log, "info">): void {
	const number = lanes.reduce((sum, { keptBack }) => sum + keptBack, 0);
	if (number > 0)
		log.info(`${count(number, "other stored message")} not tried: their receiver did not answer the first one`);
}

/** The outcome of what carries a secret, which no store may have. */
export function notStored(outcome: Outcome): Outcome {
	if (outcome.status === "delivered") return outcome;
	return withReason(outcome, `${reasonOf(outcome)}; not stored, since its event carries a secret in its metadata`);
}

function from(due: number): string {
	return `from ${moment(due)} on`;
}

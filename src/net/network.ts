// How a request goes out to a service that is not a receiver, such as GitHub's API.
import type { Http } from "../ports.ts";
import { directHttp } from "./direct.ts";
import { http, loadNats, loadUndici } from "./http.ts";
import { proxyFor } from "./proxy.ts";

/** Given to the bundle of the stores by who loads it and has the code already. */
export interface Network {
	readonly openHttp: () => Http;
	readonly proxyFor: typeof proxyFor;
}

/** The {@link Http} of this process. Nothing is opened or loaded before the first request. */
export function openHttp(): Http {
	return http(directHttp(), loadUndici, loadNats);
}

export const NETWORK: Network = { openHttp, proxyFor };

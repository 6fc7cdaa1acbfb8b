export { histogramOf, mergeObservers, type ObservedHistogram, observe, rangesOf } from "./observe.js";
export { parseObserver, serializeObserver } from "./serialize.js";
export { type Observer, type ObserverOptions, observer } from "./state.js";

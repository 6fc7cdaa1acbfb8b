export { type ChannelGroup, type ChannelUnit, channelGroups } from "./groups.js";
export { type PruneChannelsOptions, pruneChannels } from "./prune.js";
export { removeChannels } from "./remove.js";

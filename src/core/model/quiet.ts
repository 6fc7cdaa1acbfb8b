import * as tf from "@tensorflow/tfjs";

// Without it tfjs prints a banner when the plain JavaScript backend holds its first tensor. The flag does
// nothing else in tfjs 4.22 than to silence its own log.
tf.enableProdMode();

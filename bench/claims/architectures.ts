import { type Claim, percent, times, verdictOf } from "./claim.js";
import { publishedFigure } from "./published.js";

const parameters = (model: string): number => publishedFigure(model, "params_exact_torchvision");
const million = (count: number): string => `${(count / 1e6).toFixed(2)} million`;

/** What follows from published structures by counting. */
export function architectures(): readonly Claim[] {
  return [mobileNet(), squeezeNet(), underOneMegabyte(), resNetSize(), mobileNetTable()];
}

function mobileNet(): Claim {
  const vgg = parameters("VGG-16");
  const mobile = publishedFigure("MobileNetV1 1.0x 224", "params_exact_no_bn_no_fc_bias");
  const standard = publishedFigure("MobileNetV1 layer: conv 3x3 512->512 14x14", "mult_adds");
  const separable = publishedFigure("MobileNetV1 layer: depthwise separable same", "mult_adds");
  const ratio = vgg / mobile;
  return {
    slide: "Efficient Architecture Families",
    says: "MobileNet has 9× fewer parameters than VGG",
    evidence: "computed",
    found: `VGG-16 has ${million(vgg)} parameters, MobileNetV1 ${million(mobile)}: ${times(ratio)} fewer. About 9 is another ratio: what one depthwise separable 3×3 layer saves in multiplications (512 channels: ${times(standard / separable)})`,
    verdict: verdictOf([ratio > 8 && ratio < 10]),
    taught: "",
  };
}

function squeezeNet(): Claim {
  const ratio = parameters("AlexNet (torchvision)") / parameters("SqueezeNet 1.0");
  return {
    slide: "Efficient Architecture Families",
    says: "SqueezeNet is 50× smaller than AlexNet",
    evidence: "computed",
    found: `${million(parameters("AlexNet (torchvision)"))} parameters against ${million(parameters("SqueezeNet 1.0"))}: ${times(ratio)} fewer`,
    verdict: verdictOf([ratio > 45 && ratio < 55]),
    taught: "",
  };
}

function underOneMegabyte(): Claim {
  const bytes = parameters("MobileNetV3-Large");
  return {
    slide: "Efficient Architecture Families",
    says: "TinyML: models below 1 MB, such as MobileNet-v3",
    evidence: "computed",
    found: `MobileNetV3-Large has ${million(bytes)} parameters: ${(bytes / 1e6).toFixed(1)} MB with one byte each, and ${((4 * bytes) / 1e6).toFixed(1)} MB as float32`,
    verdict: verdictOf([bytes < 1e6]),
    taught: "",
  };
}

function resNetSize(): Claim {
  const bytes = 4 * parameters("ResNet-50");
  return {
    slide: "Accuracy vs Efficiency Trade-off",
    says: "ResNet-50: 98 MB; with half of its weights pruned 49 MB; then int8 12 MB",
    evidence: "computed",
    found: `${(bytes / 1e6).toFixed(1)} MB, which is ${(bytes / 2 ** 20).toFixed(1)} MiB. Half of the weights and a bitmap of where they belong: ${mib(bytes / 2 + bytes / 32)} MiB. In int8, ${mib(bytes / 8 + bytes / 32)} MiB: the bitmap is as large as before`,
    verdict: verdictOf([true, false, false]),
    taught: "lab 2, q7",
  };
}

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

function mobileNetTable(): Claim {
  const bytes = 4 * parameters("MobileNetV2");
  const drop = (model: string, float: string, int8Model: string, int8: string): number =>
    (publishedFigure(model, float) - publishedFigure(int8Model, int8)) / 100;
  const v1 = drop(
    "MobileNetV1 1.0x 224",
    "imagenet_top1_tf_slim_checkpoint",
    "MobileNetV1 1.0x 224",
    "imagenet_top1_int8_qat",
  );
  const v3 = drop(
    "MobileNetV3-Large 1.0 float",
    "imagenet_top1",
    "MobileNetV3-Large 1.0 8-bit",
    "imagenet_top1",
  );
  return {
    slide: "Accuracy vs Efficiency Trade-off",
    says: "MobileNet-v2: 14 MB, quantized 3.5 MB, and 1 point less accuracy",
    evidence: "published",
    found: `${(bytes / 1e6).toFixed(1)} MB and ${(bytes / 4e6).toFixed(1)} MB. Its makers print for v1 (trained with quantization) ${percent(v1)} less, for v3-Large ${percent(v3)} less`,
    verdict: verdictOf([Math.abs(bytes / 1e6 - 14) < 0.5, Math.abs(bytes / 4e6 - 3.5) < 0.1, v1 <= 0.015]),
    taught: "",
  };
}

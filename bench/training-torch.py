"""The teaching CNN in PyTorch, with one thread. For each line, a number of steps, the median of their milliseconds.

echo 60 | python3 training-torch.py
"""

import statistics
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)

model = nn.Sequential(
    *[nn.Conv2d(1, 16, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)],
    *[nn.Conv2d(16, 32, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)],
    *[nn.Flatten(), nn.Linear(32 * 7 * 7, 64), nn.ReLU(), nn.Linear(64, 10)],
)
images, labels = torch.rand(1280, 1, 28, 28), torch.randint(10, (1280,))
optimizer = torch.optim.Adam(model.parameters())
loss_of = nn.CrossEntropyLoss()


def step_ms():
    start = time.perf_counter()
    places = torch.randint(1280, (64,))
    optimizer.zero_grad()
    logits = model(images[places])
    loss = loss_of(logits, labels[places])
    loss.backward()
    optimizer.step()
    loss.item()
    return (time.perf_counter() - start) * 1000


for line in sys.stdin:
    print(statistics.median(step_ms() for _ in range(int(line))), flush=True)

"""PyTorch learns to tell two spirals apart, on the GPU where there is one."""

import torch

device = torch.device("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")
torch.manual_seed(0)
side = torch.randint(0, 2, (2000, 1)).float()
angle = torch.rand(2000, 1) * 9
points = torch.cat([angle * torch.cos(angle + 3.14159 * side), angle * torch.sin(angle + 3.14159 * side)], 1) / 9
side, points = side.to(device), points.to(device)

model = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.Tanh(), torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1)).to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(500):
    optimizer.zero_grad()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(model(points), side)
    loss.backward()
    optimizer.step()
name = torch.cuda.get_device_name() if device.type == "cuda" else device.type
print(f"PyTorch {torch.__version__} trained on {name}: final loss {loss.item():.4f}")

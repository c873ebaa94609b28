"""JAX learns to tell two spirals apart, on the GPU where there is one."""

import jax
import jax.numpy as jnp

keys = jax.random.split(jax.random.PRNGKey(0), 5)
side = jax.random.bernoulli(keys[0], shape=(2000, 1)).astype(jnp.float32)
angle = jax.random.uniform(keys[1], (2000, 1)) * 9
points = jnp.concatenate([angle * jnp.cos(angle + jnp.pi * side), angle * jnp.sin(angle + jnp.pi * side)], 1) / 9


def loss_of(weights):
    values = jnp.tanh(jnp.tanh(points @ weights["in"] + weights["bias"]) @ weights["middle"]) @ weights["out"]
    return jnp.mean(jax.nn.softplus(values) - side * values)


shapes = {"in": (2, 64), "bias": (1, 64), "middle": (64, 64), "out": (64, 1)}
weights = {name: jax.random.normal(keys[place + 1], shapes[name]) / shapes[name][0] ** 0.5 for place, name in enumerate(shapes)}
speeds = jax.tree_util.tree_map(jnp.zeros_like, weights)
loss_and_slopes = jax.jit(jax.value_and_grad(loss_of))
for _ in range(1000):
    loss, slopes = loss_and_slopes(weights)
    speeds = jax.tree_util.tree_map(lambda speed, slope: 0.95 * speed - 0.05 * slope, speeds, slopes)
    weights = jax.tree_util.tree_map(jnp.add, weights, speeds)
print(f"JAX {jax.__version__} trained on {jax.devices()[0].device_kind}: final loss {float(loss):.4f}")

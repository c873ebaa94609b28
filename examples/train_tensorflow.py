"""TensorFlow learns to tell two spirals apart, on the GPU where there is one."""

import numpy as np
import tensorflow as tf

gpus = tf.config.list_physical_devices("GPU")
tf.keras.utils.set_random_seed(0)
side = np.random.randint(0, 2, (2000, 1)).astype("float32")
angle = np.random.rand(2000, 1).astype("float32") * 9
points = np.concatenate([angle * np.cos(angle + np.pi * side), angle * np.sin(angle + np.pi * side)], 1) / 9

layers = [tf.keras.layers.Dense(64, "tanh"), tf.keras.layers.Dense(64, "tanh"), tf.keras.layers.Dense(1)]
model = tf.keras.Sequential(layers)
model.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss=tf.keras.losses.BinaryCrossentropy(from_logits=True))
history = model.fit(points, side, batch_size=500, epochs=150, verbose=0)
name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else "cpu"
print(f"TensorFlow {tf.__version__} trained on {name}: final loss {history.history['loss'][-1]:.4f}")

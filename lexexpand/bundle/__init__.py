"""What downstream loads: adapters, heads and a manifest in one folder of safetensors and JSON."""

print("paas-router")
